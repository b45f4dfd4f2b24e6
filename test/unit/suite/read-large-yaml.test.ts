import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSuite } from '../../../src/suite/index.ts';
import { readLargeYaml } from '../../../src/suite/read-large-yaml.ts';
import { readYaml } from '../../../src/suite/read-yaml.ts';
import { listMistakes } from './list-mistakes.ts';

const HEAD = 'version: 1\nname: large\nsubject: {image: oci:app}\ncases:\n';

/** Enough items for several pieces. */
function repeat(item: string, count = 600): string {
  return Array.from({ length: count }, (_, index) => item.replaceAll('@', String(index))).join('');
}

function readBoth(text: string): { whole: unknown; large: unknown } {
  const reading = readYaml(text, 'suite.yaml');
  if ('diagnostics' in reading) return { whole: undefined, large: readLargeYaml(text) };
  const { value, source } = reading;
  const { cases } = value as { cases: unknown[] };
  const places = cases.map((_, index) => {
    const { line, column } = source.locate(['cases', index], 'value').position;
    return { line, column };
  });
  return { whole: { value, casePlaces: places }, large: readLargeYaml(text) };
}

describe('readLargeYaml', () => {
  it.each([
    ['flow mappings', repeat('  - {name: case @, run: [echo, "@", a, b, c, d, e, f]}\n')],
    ['items at the left edge', repeat('- name: case @\n  run: [echo, "@"]\n  tags: [one, two]\n')],
    [
      'block scalars that look like items',
      repeat('  - name: c@\n    run: |+\n      - name: x\n\n      # no comment\n\n'),
    ],
    [
      'comments and empty lines',
      repeat('# left\n\n  # before\n  - name: c@ # behind\n    # inside\n\n    run: [a]\n'),
    ],
    ['carriage returns', repeat('  - name: c@\r\n    run: [a]\r\n')],
    [
      'text over several lines',
      repeat('  -\n    name: "c @\n      more"\n    run: [a,\n     b]\n    x: a\n     b\n'),
    ],
  ])('reads %s as the whole text is read', (_name, items) => {
    const text = `${HEAD}${items}bench: []\n`;
    const { whole, large } = readBoth(text);
    expect(large).toBeDefined();
    expect(large).toEqual(whole);
  });

  it.each([
    ['an alias', `${repeat('  - {name: c@, run: &r [a]}\n')}  - {name: last, run: *r}\n`],
    ['a directive', '%YAML 1.2\n---\n'],
    ['a second document', `${repeat('  - {name: c@}\n')}---\nb: 1\n`],
    ['an item that is indented badly', `${repeat('  - {name: c@}\n')} - {name: x}\n`],
    ['a key twice', `${repeat('  - {name: c@}\n')}  - {name: x, name: y}\n`],
    ['text that is cut', `${repeat('  - {name: c@}\n')}  - "x\n${repeat('  - y@\n', 9)}"\n`],
    ['a list in a list', `\n${repeat('- {name: c@}\n')}cases: []\n`],
    ['a mapping', '  a: 1\n'],
  ])('leaves %s to the reading of the whole', (_name, items) => {
    expect(readLargeYaml(`${HEAD}${items}`)).toBeUndefined();
  });

  it('never means something else than the whole text', () => {
    const line = fc.constantFrom(
      ...['  - a', '- b', '  - "q', '    c"', '  - [x', '    y]', ' z', '  # c', '', 'k: 1', '---'],
      ...['    - d', '  - |', '      t', '  -', '    e: f', '   - g', "  - 'h", "    i'", '\tj'],
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const text = `${HEAD}${lines.join('\n')}`;
        const large = readLargeYaml(text);
        if (large === undefined) return;
        expect({ large }).toEqual({ large: readBoth(text).whole });
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a large suite', () => {
  const items = repeat('  - {name: case @, run: [echo, "@"]}\n');

  it('knows the lines of its cases', () => {
    const { cases } = parseSuite(`${HEAD}${items}`, 'suite.yaml');
    expect(cases).toHaveLength(600);
    expect(cases[599]?.position).toEqual({ file: 'suite.yaml', line: 604, column: 5 });
  });

  it('says where its mistakes are', () => {
    const bad = items.replace('{name: case 500, run', '{name: case 500, runs');
    expect(listMistakes(`${HEAD}${bad}`)).toEqual([
      '505:22 unknown key "runs" in a case (did you mean "run"?)',
    ]);
  });
});
