import { describe, expect, it } from 'vitest';
import type { KnownDivergence } from '../../../src/core/index.ts';
import { acceptDivergences, type KnownChange, parseSuite } from '../../../src/suite/index.ts';
import { catchError } from './list-mistakes.ts';

const KNOWN: KnownDivergence = {
  reason: 'char is unsigned: "so"',
  cause: 'architecture',
  until: '2027-06-30',
  at: 'stdout',
};
const WRITTEN = `{cause: architecture, at: stdout, until: 2027-06-30, reason: 'char is unsigned: "so"'}`;

const HEAD = `# The suite of app
version: 1
name:   app     # spaces stay
subject: {image:   "oci:x" }
cases:
`;

/** Edits the case `c`; all around it must stay as it is. */
function accept(before: string, count = 1): string {
  const text = `${HEAD}  - name: a\n${before}  # behind\n  - {name: z, run: 'x' }\n`;
  const added = Array.from({ length: count }, () => KNOWN);
  const after = acceptDivergences(text, [{ caseName: 'c', added, removed: [] }]);
  const known = parseSuite(after, '<t>').cases[1]?.known ?? [];
  expect(known.slice(-count)).toEqual(added);
  expect(after.startsWith(`${HEAD}  - name: a\n`)).toBe(true);
  expect(after.endsWith(`  # behind\n  - {name: z, run: 'x' }\n`)).toBe(true);
  return after.slice(HEAD.length + '  - name: a\n'.length, after.indexOf('  # behind'));
}

describe('acceptDivergences', () => {
  it('adds the key to a block case, behind its last line', () => {
    const before =
      '  - name: c   # first\n    stdin: |\n      x\n\n      y   \n    run: [ a ]  # last\n';
    expect(accept(before)).toBe(`${before}    known: ${WRITTEN}\n`);
  });

  it('adds several entries as a list', () => {
    expect(accept('  - name: c\n', 2)).toBe(
      `  - name: c\n    known:\n      - ${WRITTEN}\n      - ${WRITTEN}\n`,
    );
  });

  it('adds the key to a flow case', () => {
    expect(accept('  - { name: c,  tags: [x], }\n')).toBe(
      `  - { name: c,  tags: [x], known: ${WRITTEN}, }\n`,
    );
  });

  it('makes a list of a flow entry', () => {
    expect(accept("  - name: c\n    known: { cause: emulator,  reason: 'r' }  # why\n")).toBe(
      `  - name: c\n    known: [{ cause: emulator,  reason: 'r' }, ${WRITTEN}]  # why\n`,
    );
  });

  it('makes a list of a block entry, with its comments and long texts', () => {
    expect(
      accept(
        '  - name: c\n    known:\n      # why\n      cause: emulator\n      reason: |\n        one\n\n        two\n    tags: [x]\n',
      ),
    ).toBe(
      `  - name: c\n    known:\n      # why\n      - cause: emulator\n        reason: |\n          one\n\n          two\n      - ${WRITTEN}\n    tags: [x]\n`,
    );
  });

  it('grows lists of both notations', () => {
    expect(accept('  - name: c\n    known: []\n')).toBe(`  - name: c\n    known: [${WRITTEN}]\n`);
    expect(accept('  - name: c\n    known: [ {cause: emulator, reason: r} ]\n')).toBe(
      `  - name: c\n    known: [ {cause: emulator, reason: r}, ${WRITTEN} ]\n`,
    );
    expect(accept('  - name: c\n    known:\n    - cause: emulator\n      reason: r\n')).toBe(
      `  - name: c\n    known:\n    - cause: emulator\n      reason: r\n    - ${WRITTEN}\n`,
    );
  });

  it('fills an empty key', () => {
    expect(accept('  - name: c\n    known:\n    tags: [x]\n')).toBe(
      `  - name: c\n    known: ${WRITTEN}\n    tags: [x]\n`,
    );
  });

  it('keeps Windows line ends and a missing last line break', () => {
    const text = `${HEAD}  - name: c`.replaceAll('\n', '\r\n');
    expect(acceptDivergences(text, [{ caseName: 'c', added: [KNOWN], removed: [] }])).toBe(
      `${text}\r\n    known: ${WRITTEN}`,
    );
  });

  it('writes a reason of several lines on one', () => {
    const known: KnownDivergence = { cause: 'undecided', reason: 'one\n# two: {x}\t\u0007' };
    const after = acceptDivergences(`${HEAD}  - name: c\n`, [
      { caseName: 'c', added: [known], removed: [] },
    ]);
    expect(after.split('\n')).toHaveLength(HEAD.split('\n').length + 2);
    expect(parseSuite(after, '<t>').cases[0]?.known).toEqual([known]);
  });

  it('lets the document model write what it has no edit for', () => {
    const text = `${HEAD}  - name: a\n    known: &k {cause: emulator, reason: r}\n  - name: c\n    known: *k\n`;
    const after = acceptDivergences(text, [{ caseName: 'c', added: [KNOWN], removed: [] }]);
    expect(after).toContain('# The suite of app');
    const cases = parseSuite(after, '<t>').cases;
    expect(cases[0]?.known).toEqual([{ cause: 'emulator', reason: 'r' }]);
    expect(cases[1]?.known).toEqual([{ cause: 'emulator', reason: 'r' }, KNOWN]);
  });

  it.each([
    ['an entry', '{cause: emulator, reason: r}', '*k'],
    ['an entry of a list', '[&k {cause: emulator, reason: r}]', '[*k]'],
    ['a list', '&k [{cause: emulator, reason: r}]', '*k'],
    ['a reason', '{cause: emulator, reason: &k r}', '{cause: emulator, reason: *k}'],
  ])('does not take out %s that another case uses', (_what, known, alias) => {
    const entry = known.includes('&k') ? known : `&k ${known}`;
    const text = `${HEAD}  - name: a\n    known: ${entry}\n  - name: c\n    known: ${alias}\n`;
    const edit = (caseName: string, more: Partial<KnownChange>) =>
      acceptDivergences(text, [{ caseName, added: [], removed: [], ...more }]);
    const refused = catchError(() => edit('a', { removed: [0] }));
    expect(refused).toMatchObject({
      code: 'SUITE_NOT_EDITABLE',
      exitCode: 2,
      message:
        'The suite cannot be edited: an entry that would change is used elsewhere in it, by an alias.',
    });
    // The one that uses it can go.
    expect(parseSuite(edit('c', { removed: [0] }), '<t>').cases[1]?.known).toEqual([]);
  });

  it('does not add to a list that another case has, too', () => {
    const text = `${HEAD}  - name: a\n    known: &k [{cause: emulator, reason: r}]\n  - name: c\n    known: *k\n`;
    for (const caseName of ['a', 'c']) {
      const error = catchError(() =>
        acceptDivergences(text, [{ caseName, added: [KNOWN], removed: [] }]),
      );
      expect(error.code).toBe('SUITE_NOT_EDITABLE');
    }
  });

  it('does not edit a case that is an alias, and says so', () => {
    const text = `x: &c {name: c, run: x}\n${HEAD}  - *c\n`;
    const edit = () => acceptDivergences(text, [{ caseName: 'c', added: [KNOWN], removed: [] }]);
    expect(catchError(edit).message).toBe('The suite cannot be edited: the case "c" is an alias.');
  });

  it('edits a suite of many aliases', () => {
    const uses = Array.from({ length: 300 }, (_, at) => `  - {name: n${String(at)}, env: *e}\n`);
    const text = `${HEAD}  - {name: c, env: &e {A: x}}\n${uses.join('')}`;
    expect(acceptDivergences(text, [{ caseName: 'n7', added: [KNOWN], removed: [] }])).toBe(
      text.replace('n7, env: *e}', `n7, env: *e, known: ${WRITTEN}}`),
    );
  });

  it('changes nothing without additions', () => {
    expect(acceptDivergences(`${HEAD}  - name: c`, [])).toBe(`${HEAD}  - name: c`);
  });

  it('refuses an unknown case and a text that is no YAML', () => {
    const addition = { caseName: 'nope', added: [KNOWN], removed: [] };
    expect(catchError(() => acceptDivergences(`${HEAD}  - name: c`, [addition])).code).toBe(
      'CASE_UNKNOWN',
    );
    expect(catchError(() => acceptDivergences('a: [', [addition])).code).toBe('SUITE_NOT_EDITABLE');
  });

  describe('takes entries out', () => {
    const OLD = 'cause: emulator, reason: r';
    const change = (before: string, removed: number[], added: KnownDivergence[] = []): string => {
      const text = `${HEAD}  - name: c\n${before}  - {name: z}  # behind\n`;
      const after = acceptDivergences(text, [{ caseName: 'c', added, removed }]);
      expect(after.startsWith(`${HEAD}  - name: c\n`)).toBe(true);
      expect(after.endsWith('  - {name: z}  # behind\n')).toBe(true);
      return after.slice(`${HEAD}  - name: c\n`.length, after.indexOf('  - {name: z}'));
    };

    it('with the key, when none is left', () => {
      expect(change(`    known: {${OLD}}\n    tags: [x] # t\n`, [0])).toBe('    tags: [x] # t\n');
      expect(
        change('    known:\n      cause: emulator\n      reason: r\n    tags: [x]\n', [0]),
      ).toBe('    tags: [x]\n');
    });

    it('for another one', () => {
      expect(change(`    known: {${OLD}}  # why\n`, [0], [KNOWN])).toBe(
        `    known: ${WRITTEN}  # why\n`,
      );
      expect(
        change('    known:\n      cause: emulator\n      reason: r\n    tags: [x]\n', [0], [KNOWN]),
      ).toBe(`    known: ${WRITTEN}\n    tags: [x]\n`);
    });

    it('out of lists, and keeps the others', () => {
      expect(
        change(`    known: [{${OLD}, at: exit}, {${OLD}}]\n    tags: [x]\n`, [1], [KNOWN]),
      ).toBe(
        `    known:\n      - {cause: emulator, reason: r, at: exit}\n      - ${WRITTEN}\n    tags: [x]\n`,
      );
      expect(change(`    known:\n      - {${OLD}}\n      - {${OLD}, at: exit}\n`, [0])).toBe(
        '    known: {cause: emulator, reason: r, at: exit}\n',
      );
    });

    it('with Windows line ends', () => {
      const before = `    known: {${OLD}}\n    tags: [x]\n`;
      const text = `${HEAD}  - name: c\n${before}`.replaceAll('\n', '\r\n');
      const none = acceptDivergences(text, [{ caseName: 'c', added: [], removed: [0] }]);
      expect(none).toBe(`${HEAD}  - name: c\n    tags: [x]\n`.replaceAll('\n', '\r\n'));
      const block = text.replace(`{${OLD}}`, '\r\n      cause: emulator\r\n\r\n      reason: r');
      const more = acceptDivergences(block, [{ caseName: 'c', added: [KNOWN], removed: [] }]);
      expect(more).toContain(
        `    known: \r\n      - cause: emulator\r\n\r\n        reason: r\r\n      - ${WRITTEN}\r\n    tags`,
      );
    });

    it('beside the dash of the case, in the layout of the document model', () => {
      const text = `${HEAD}  - known: {${OLD}}\n    name: c\n`;
      const after = acceptDivergences(text, [{ caseName: 'c', added: [], removed: [0] }]);
      expect(after).toContain('# The suite of app');
      expect(parseSuite(after, '<t>').cases[0]).toMatchObject({ name: 'c', known: [] });
      const other = acceptDivergences(text, [{ caseName: 'c', added: [KNOWN], removed: [0] }]);
      expect(other).toBe(`${HEAD}  - known: ${WRITTEN}\n    name: c\n`);
    });

    it('for several in a flow case, on its line', () => {
      const text = `${HEAD}  - {name: c, known: {${OLD}}, tags: [x]}\n`;
      const after = acceptDivergences(text, [
        { caseName: 'c', added: [KNOWN, KNOWN], removed: [0] },
      ]);
      expect(after).toBe(`${HEAD}  - {name: c, known: [${WRITTEN}, ${WRITTEN}], tags: [x]}\n`);
    });

    it('of a case in flow notation, in the layout of the document model', () => {
      const text = `${HEAD}  - {name: c, known: {${OLD}}}\n`;
      const after = acceptDivergences(text, [{ caseName: 'c', added: [], removed: [0] }]);
      expect(after).toContain('# The suite of app');
      expect(parseSuite(after, '<t>').cases[0]?.known).toEqual([]);
    });
  });
});
