import { describe, expect, test } from 'vitest';
import type { CaseDefinition, ChangedFile } from '../../../../src/core/index.ts';
import {
  compareObservations,
  type Comparison,
} from '../../../../src/judge/compare/compare-observations.ts';
import {
  capture,
  changedFile,
  defineCase,
  EMULATED,
  NATIVE,
  observe,
  type Seen,
} from '../judge-data.ts';

function compare(left: Seen, right: Seen, changes: Partial<CaseDefinition> = {}): Comparison {
  return compareObservations(observe(left), observe(right), {
    definition: defineCase({ compare: ['files'], ...changes }),
    lanes: [NATIVE, EMULATED],
  });
}

describe('compareFiles', () => {
  const places = (left: readonly ChangedFile[], right: readonly ChangedFile[], globs?: string[]) =>
    compare(
      { files: left },
      { files: right },
      globs === undefined ? {} : { files: globs },
    ).differences.map(({ where, left: mine, right: other }) => [where, mine, other]);
  const withContent = (text: string | Uint8Array, sha256: string): ChangedFile =>
    changedFile('/out/x', { sha256, size: text.length, content: capture(text) });

  test.each([
    [
      'changed on one side only',
      [changedFile('/out/x', { size: 5 })],
      [],
      [['/out/x', 'file, mode 0644, 5 bytes', '(unchanged)']],
    ],
    [
      'removed on one side only',
      [changedFile('/out/x', { type: 'removed', mode: 0 })],
      [],
      [['/out/x', 'removed', '(unchanged)']],
    ],
    [
      'a link on one side only',
      [],
      [changedFile('/out/x', { type: 'symlink', linkTarget: '/y' })],
      [['/out/x', '(unchanged)', 'symlink to /y']],
    ],
    [
      'added',
      [],
      [changedFile('/out/x', { type: 'directory' })],
      [['/out/x', '(unchanged)', 'directory, mode 0644']],
    ],
    [
      'type',
      [changedFile('/out/x')],
      [changedFile('/out/x', { type: 'symlink' })],
      [['/out/x: type', 'file', 'symlink']],
    ],
    [
      'mode and owner',
      [changedFile('/out/x')],
      [changedFile('/out/x', { mode: 0o4755, uid: 3 })],
      [
        ['/out/x: mode', '0644', '4755'],
        ['/out/x: owner', '0:0', '3:0'],
      ],
    ],
    [
      'extended attributes',
      [changedFile('/out/x', { xattrs: { 'user.b': 'Yg==', 'user.a': 'YQ==' } })],
      [changedFile('/out/x')],
      [['/out/x: xattrs', 'user.a=YQ== user.b=Yg==', '(none)']],
    ],
    [
      'link',
      [changedFile('/out/x', { type: 'symlink', linkTarget: 'a' })],
      [changedFile('/out/x', { type: 'symlink', linkTarget: 'b' })],
      [['/out/x: link', 'a', 'b']],
    ],
    [
      'content that was not kept',
      [changedFile('/out/x', { size: 9, sha256: 'aa' })],
      [changedFile('/out/x', { size: 9, sha256: 'bb' })],
      [['/out/x: content', '9 bytes, sha256 aa', '9 bytes, sha256 bb']],
    ],
    [
      'text',
      [withContent('a\n', 'aa')],
      [withContent('b\n', 'bb')],
      [['/out/x: line 1', 'a', 'b']],
    ],
    [
      'binary',
      [withContent(Buffer.from([0xff]), 'aa')],
      [withContent(Buffer.from([0xfe]), 'bb')],
      [['/out/x: byte 0x0', 'ff', 'fe']],
    ],
    ['hidden text', [withContent('pid 1\n', 'aa')], [withContent('pid 2\n', 'bb')], []],
    ['equal digest', [withContent('a', 'aa')], [withContent('b', 'aa')], []],
    [
      'extended attributes in any order',
      [changedFile('/out/x', { xattrs: { 'user.b': 'Yg==', 'user.a': 'YQ==' } })],
      [changedFile('/out/x', { xattrs: { 'user.a': 'YQ==', 'user.b': 'Yg==' } })],
      [],
    ],
    [
      'a directory that hides what is below it',
      [changedFile('/out/x', { type: 'directory', opaque: true })],
      [changedFile('/out/x', { type: 'directory' })],
      [['/out/x: opaque', 'true', 'false']],
    ],
    [
      'group',
      [changedFile('/out/x')],
      [changedFile('/out/x', { gid: 5 })],
      [['/out/x: owner', '0:0', '0:5']],
    ],
    [
      'a link to a path that differs by nature',
      [changedFile('/out/x', { type: 'symlink', linkTarget: '/lib/x86_64-linux-gnu/a' })],
      [changedFile('/out/x', { type: 'symlink', linkTarget: '/lib/aarch64-linux-gnu/a' })],
      [],
    ],
    [
      'a link whose target was not read',
      [changedFile('/out/x', { type: 'symlink' })],
      [],
      [['/out/x', 'symlink', '(unchanged)']],
    ],
    [
      'a device',
      [changedFile('/out/x', { type: 'char-device', mode: 0o60 })],
      [],
      [['/out/x', 'char-device, mode 0060', '(unchanged)']],
    ],
    [
      'content of which one side has no digest',
      [changedFile('/out/x', { size: 9, sha256: 'aa' })],
      [changedFile('/out/x', { size: 9 })],
      [],
    ],
    [
      'content of another size, with no digest at all',
      [changedFile('/out/x', { size: 9 })],
      [changedFile('/out/x', { size: 8 })],
      [['/out/x: content', '9 bytes', '8 bytes']],
    ],
    [
      'content that one side has kept',
      [withContent('abc', 'a'.repeat(64))],
      [changedFile('/out/x', { size: 3, sha256: 'b'.repeat(64) })],
      [['/out/x: content', '3 bytes, sha256 aaaaaaaaaaaa', '3 bytes, sha256 bbbbbbbbbbbb']],
    ],
    [
      'content without digests',
      [changedFile('/out/x', { content: capture('a') })],
      [changedFile('/out/x', { content: capture('b') })],
      [['/out/x: line 1', 'a', 'b']],
    ],
    [
      'content that neither side looks at',
      [changedFile('/out/x', { size: 1, sha256: 'a', contentIgnored: true })],
      [changedFile('/out/x', { size: 2, sha256: 'b', contentIgnored: true })],
      [],
    ],
    [
      'content that one side looks at',
      [changedFile('/out/x', { size: 1, sha256: 'a', contentIgnored: true })],
      [changedFile('/out/x', { size: 2, sha256: 'b' })],
      [['/out/x: content', '1 bytes, sha256 a', '2 bytes, sha256 b']],
    ],
    [
      'sizes of directories',
      [changedFile('/out/x', { type: 'directory', size: 40 })],
      [changedFile('/out/x', { type: 'directory', size: 60 })],
      [],
    ],
  ] as const)('%s', (_name, left, right, expected) => {
    expect(places(left, right)).toEqual(expected);
  });

  test('only those that matter', () => {
    const left = [changedFile('/out/x'), changedFile('/var/log/y')];
    expect(places(left, [changedFile('/out/x')], ['/out/**'])).toEqual([]);
  });

  test('pairs paths that differ by nature, and says so', () => {
    const { differences, hidden } = compare(
      { files: [changedFile('/lib/x86_64-linux-gnu/a'), changedFile('/tmp/tmp.Ab3dEf9h1K')] },
      { files: [changedFile('/lib/aarch64-linux-gnu/a'), changedFile('/tmp/tmp.Zz9yXx8wV7')] },
    );
    expect(differences).toEqual([]);
    expect(hidden.map(({ normaliser }) => normaliser).sort()).toEqual(['arch', 'paths']);
  });

  test('pairs equal paths first, and those that become the same in their order', () => {
    const tmp = (name: string, size: number) =>
      changedFile(`/tmp/tmp.${name}`, { size, sha256: name });
    const [a, b, c] = ['Ab3dEf9h1K', 'Bb3dEf9h1K', 'Cb3dEf9h1K'];
    expect(places([tmp(a, 1), tmp(b, 2)], [tmp(b, 2), tmp(c, 1)])).toEqual([
      [`/tmp/tmp.${a}: content`, `1 bytes, sha256 ${a}`, `1 bytes, sha256 ${c}`],
    ]);
    expect(places([tmp(a, 1), tmp(b, 2)], [tmp(c, 1)])).toEqual([
      [`/tmp/tmp.${a}: content`, `1 bytes, sha256 ${a}`, `1 bytes, sha256 ${c}`],
      [`/tmp/tmp.${b}`, 'file, mode 0644, 2 bytes', '(unchanged)'],
    ]);
  });

  test('counts what is hidden, once for each normaliser', () => {
    const of = (machine: string): readonly ChangedFile[] =>
      ['a', 'b'].map((name) =>
        changedFile(`/${name}`, { sha256: machine, content: capture(`${machine}\n`) }),
      );
    const { hidden } = compare({ files: of('x86_64') }, { files: of('aarch64') });
    expect(hidden).toMatchObject([{ normaliser: 'arch', left: 'x86_64', right: 'aarch64' }]);
    expect(hidden[0]?.count).toBe(4);
  });

  test('shows diffs of thirty files, of the others that they differ', () => {
    const of = (text: string): readonly ChangedFile[] =>
      Array.from({ length: 32 }, (_, index) =>
        changedFile(`/${String(index + 10)}`, { sha256: text, content: capture(text) }),
      );
    const { differences } = compare({ files: of('a\n') }, { files: of('b\n') });
    expect(differences.map(({ diff }) => diff !== undefined)).toEqual([
      ...Array.from({ length: 30 }, () => true),
      ...[false, false],
    ]);
    expect(differences[31]).toMatchObject({ where: '/41: line 1', left: 'a', right: 'b' });
  });

  test('two hundred differences are all there', () => {
    const many = Array.from({ length: 200 }, (_, index) => changedFile(`/out/${String(index)}`));
    expect(compare({ files: many }, { files: [] }).differences).toHaveLength(200);
  });

  test('a tree of many differences stays bounded', () => {
    const many = Array.from({ length: 5000 }, (_, index) => changedFile(`/out/${index}`));
    const { differences } = compare({ files: many }, { files: [] });
    expect(differences).toHaveLength(201);
    expect(differences.at(-1)?.where).toBe('4800 more');
  });

  test('says when a lane observed none', () => {
    expect(compare({ files: [] }, {}).uncompared).toEqual(['files']);
  });
});
