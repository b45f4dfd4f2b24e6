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
