import { describe, expect, test } from 'vitest';
import type { ChangedFile, Normaliser, Termination } from '../../../../src/core/index.ts';
import {
  compareFile,
  describeChange,
  formatMode,
} from '../../../../src/judge/compare/compare-file.ts';
import { compareFiles } from '../../../../src/judge/compare/compare-files.ts';
import { compareJson } from '../../../../src/judge/compare/compare-json.ts';
import {
  compareTermination,
  formatTermination,
} from '../../../../src/judge/compare/compare-termination.ts';
import { createRewriters } from '../../../../src/judge/normalise/normalise-pair.ts';
import { capture, changedFile } from '../judge-data.ts';

const PLACE = { between: ['native', 'emulated'], what: 'files' } as const;
const ALL: readonly Normaliser[] = ['arch', 'paths', 'time'];

function contextOf(normalisers: readonly Normaliser[] = ALL) {
  return {
    rewriters: createRewriters(normalisers, { platforms: ['linux/amd64', 'linux/arm64'] }),
    place: PLACE,
  };
}

type Changes = Partial<ChangedFile>;

describe('one path', () => {
  const [one, two] = [capture('a\n'), capture('b\n')];
  test.each<readonly [string, Changes, Changes, readonly (readonly string[])[]]>([
    ['nothing', {}, {}, []],
    ['another type alone', { mode: 0, uid: 1 }, { type: 'fifo' }, [['type', 'file', 'fifo']]],
    ['no opaque against false', {}, { opaque: false }, []],
    ['opaque on the right', {}, { opaque: true }, [['opaque', 'false', 'true']]],
    ['no attributes against none', {}, { xattrs: {} }, []],
    [
      'other attributes',
      { xattrs: { a: '1' } },
      { xattrs: { a: '2' } },
      [['xattrs', 'a=1', 'a=2']],
    ],
    [
      'a link on the left alone',
      { type: 'symlink', linkTarget: 'a' },
      { type: 'symlink' },
      [['link', 'a', '']],
    ],
    [
      'a link on the right alone',
      { type: 'symlink' },
      { type: 'symlink', linkTarget: 'a' },
      [['link', '', 'a']],
    ],
    ['sizes without digests', { size: 1 }, { size: 2 }, [['content', '1 bytes', '2 bytes']]],
    ['no digests', { size: 1 }, { size: 1 }, []],
    ['a digest on the left', { sha256: 'a' }, {}, []],
    ['a digest on the right', {}, { sha256: 'a' }, []],
    ['content on the left', { content: one }, { sha256: 'b' }, []],
    [
      'content and a digest on the left',
      { content: one, sha256: 'a', size: 2 },
      { sha256: 'b', size: 2 },
      [['content', '2 bytes, sha256 a', '2 bytes, sha256 b']],
    ],
    [
      'content and a digest on the right',
      { sha256: 'a', size: 2 },
      { content: one, sha256: 'b', size: 2 },
      [['content', '2 bytes, sha256 a', '2 bytes, sha256 b']],
    ],
    ['other content', { content: one }, { content: two }, [['line 1', 'a', 'b']]],
    ['equal content', { content: one, size: 1 }, { content: one, size: 2 }, []],
    [
      'a directory with a digest',
      { type: 'directory', sha256: 'a' },
      { type: 'directory', sha256: 'b' },
      [],
    ],
    [
      'a link with content',
      { type: 'symlink', content: one },
      { type: 'symlink', content: two },
      [['line 1', 'a', 'b']],
    ],
    [
      'content ignored on the left',
      { content: one, contentIgnored: true },
      { content: two },
      [['line 1', 'a', 'b']],
    ],
    [
      'content ignored on the right',
      { content: one },
      { content: two, contentIgnored: true },
      [['line 1', 'a', 'b']],
    ],
    [
      'content ignored',
      { content: one, contentIgnored: true },
      { content: two, contentIgnored: true },
      [],
    ],
    [
      'mode, owner and all the others in this order',
      { content: one, opaque: true, xattrs: { a: '1' }, linkTarget: 'a', gid: 1, mode: 1 },
      { content: two },
      [
        ['mode', '0001', '0644'],
        ['owner', '0:1', '0:0'],
        ['xattrs', 'a=1', '(none)'],
        ['opaque', 'true', 'false'],
        ['link', 'a', ''],
        ['line 1', 'a', 'b'],
      ],
    ],
  ])('%s', (_name, left, right, expected) => {
    const found = compareFile(changedFile('/x', left), changedFile('/x', right), contextOf());
    expect(found.hidden).toEqual([]);
    expect(found.differences.map(({ diff: _diff, ...difference }) => difference)).toEqual(
      expected.map(([aspect, mine, other]) => ({
        ...PLACE,
        where: `/x: ${aspect ?? ''}`,
        left: mine,
        right: other,
      })),
    );
  });

  test('says what was hidden of a link and of content, in this order', () => {
    const of = (machine: string, name: string) =>
      changedFile('/x', { linkTarget: machine, content: capture(`/tmp/tmp.${name}\n`) });
    const { differences, hidden } = compareFile(
      of('x86_64', 'abcdef'),
      of('aarch64', 'ghijkl'),
      contextOf(),
    );
    expect(differences).toEqual([]);
    expect(hidden).toEqual([
      { ...PLACE, normaliser: 'arch', count: 2, left: 'x86_64', right: 'aarch64' },
      {
        ...PLACE,
        normaliser: 'paths',
        count: 2,
        left: '/tmp/tmp.abcdef',
        right: '/tmp/tmp.ghijkl',
      },
    ]);
  });
});

test.each<readonly [Changes, string]>([
  [{ type: 'removed' }, 'removed'],
  [{ type: 'missing' }, 'missing'],
  [{ type: 'symlink' }, 'symlink'],
  [{ type: 'symlink', linkTarget: '/a' }, 'symlink to /a'],
  [{ size: 7, mode: 0o600 }, 'file, mode 0600, 7 bytes'],
  [{ type: 'directory', mode: 0o1777 }, 'directory, mode 1777'],
  [{ type: 'fifo', mode: 0 }, 'fifo, mode 0000'],
  [{ type: 'socket', mode: 7 }, 'socket, mode 0007'],
  [{ type: 'char-device' }, 'char-device, mode 0644'],
  [{ type: 'block-device' }, 'block-device, mode 0644'],
])('%j is said as %s', (changes, text) => {
  expect(describeChange(changedFile('/x', changes))).toBe(text);
});

test('a file that a lane left as it was, and modes', () => {
  expect(describeChange(undefined)).toBe('(unchanged)');
  expect([0, 0o7, 0o755, 0o7777].map(formatMode)).toEqual(['0000', '0007', '0755', '7777']);
});

describe('all paths', () => {
  test('are renamed by the last normaliser that it takes', () => {
    const rename = (left: string, right: string, normalisers?: readonly Normaliser[]) =>
      compareFiles([changedFile(left)], [changedFile(right)], contextOf(normalisers));
    const [left, right] = ['/tmp/tmp.abcdef/x86_64', '/tmp/tmp.ghijkl/aarch64'];
    const renamed = (normaliser: string) => ({
      differences: [],
      hidden: [{ ...PLACE, normaliser, count: 2, left, right }],
    });
    expect(rename(left, right)).toEqual(renamed('paths'));
    expect(rename(left, right, ['paths', 'arch', 'time'])).toEqual(renamed('arch'));
    expect(rename(left, right, ['arch']).differences).toEqual([
      { ...PLACE, where: left, left: 'file, mode 0644, 0 bytes', right: '(unchanged)' },
      { ...PLACE, where: right, left: '(unchanged)', right: 'file, mode 0644, 0 bytes' },
    ]);
  });

  test('say what was hidden of a renamed one, with its own before it', () => {
    const of = (machine: string) =>
      changedFile(`/${machine}`, { content: capture(`${machine} ${machine}\n`) });
    expect(compareFiles([of('x86_64')], [of('aarch64')], contextOf()).hidden).toEqual([
      { ...PLACE, normaliser: 'arch', count: 6, left: '/x86_64', right: '/aarch64' },
    ]);
  });

  test('come in order, and those that globs name alone', () => {
    const left = ['/b', '/a', '/c/d'].map((path) => changedFile(path));
    const found = (globs?: readonly string[]) =>
      compareFiles(left, [], { ...contextOf(), ...(globs === undefined ? {} : { globs }) });
    const where = (globs?: readonly string[]) => found(globs).differences.map((each) => each.where);
    expect(where()).toEqual(['/a', '/b', '/c/d']);
    expect(where(['/b', '/c/*'])).toEqual(['/b', '/c/d']);
    expect(where([])).toEqual([]);
  });

  test.each([
    [200, 200, undefined],
    [201, 201, { ...PLACE, where: '1 more', left: '…', right: '…' }],
    [250, 201, { ...PLACE, where: '50 more', left: '…', right: '…' }],
  ])('of %i differences %i are said', (count, said, last) => {
    const many = Array.from({ length: count }, (_, at) => changedFile(`/${String(at + 1000)}`));
    const { differences } = compareFiles(many, [], contextOf());
    expect(differences).toHaveLength(said);
    expect(differences[199]?.where).toBe('/1199');
    expect(differences[200]).toEqual(last);
  });
});

test.each<readonly [unknown, unknown, readonly string[], readonly unknown[], readonly unknown[]]>([
  ['a', 'a', [], [], []],
  ['a', 'b', [], ['a b'], [['$', 'a', 'b']]],
  ['a', 'A', [], ['a A'], []],
  [1, 2, [], ['1 2'], [['$', 1, 2]]],
  [1, '1', [], [], [['$', 1, '1']]],
  [true, false, [], [], [['$', true, false]]],
  [null, null, [], [], []],
  [null, [], [], [], [['$', null, []]]],
  [[], [], [], [], []],
  [{}, {}, [], [], []],
  [[1], {}, [], [], [['$', [1], {}]]],
  [
    { a: 'x' },
    { a: 'y', b: 1 },
    [],
    ['x y'],
    [
      ['$.a', 'x', 'y'],
      ['$.b', undefined, 1],
    ],
  ],
  [{ a: 'x' }, { a: 'y', b: 1 }, ['$.a', 'no path'], [], [['$.b', undefined, 1]]],
  [{ a: ['x', 'y'] }, { a: ['z'] }, ['$.a[0]'], [], [['$.a[1]', 'y', undefined]]],
  [{ a: 1 }, { a: 2 }, ['$'], ['1 2'], [['$.a', 1, 2]]],
])('JSON %j against %j without %j', (left, right, ignore, asked, expected) => {
  const texts: string[] = [];
  const equalText = (one: string, two: string): boolean => {
    texts.push(`${one} ${two}`);
    return one.toLowerCase() === two.toLowerCase();
  };
  const found = compareJson(left, right, { ignore, equalText });
  expect(found.map((each) => [each.at, each.left, each.right])).toEqual(expected);
  expect(texts).toEqual(asked);
});

test.each<readonly [Termination, string]>([
  [{ kind: 'exit', code: 3 }, 'exit 3'],
  [{ kind: 'signal', signal: 'SIGSEGV' }, 'killed by SIGSEGV'],
  [{ kind: 'timeout', deadlineMs: 1500 }, 'still running after 1.5 s'],
  [{ kind: 'not-started', errno: 'ENOEXEC', message: 'no' }, 'not started: ENOEXEC'],
])('%j ends as %s', (termination, text) => {
  expect(formatTermination(termination)).toBe(text);
  expect(compareTermination(termination, termination, PLACE.between)).toBeUndefined();
  expect(compareTermination(termination, { kind: 'exit', code: 9 }, PLACE.between)).toEqual({
    ...{ between: PLACE.between, what: 'exit', left: text, right: 'exit 9' },
  });
});
