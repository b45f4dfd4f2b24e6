import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareTrees, listTree } from '../../../src/image/index.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'compare-trees-'));
  mkdirSync(join(directory, 'left'));
  mkdirSync(join(directory, 'right'));
});
afterEach(() => rmSync(directory, { recursive: true }));

type Side = 'left' | 'right';
function write(side: Side, path: string, content: string, mode = 0o644): void {
  const file = join(directory, side, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content, 'latin1');
  chmodSync(file, mode);
}

const compare = () =>
  compareTrees(
    { root: join(directory, 'left'), platform: 'linux/amd64' },
    { root: join(directory, 'right'), platform: 'linux/arm64' },
  );

describe('compareTrees', () => {
  it('takes names of the platform for equal in paths, links and text', async () => {
    write('left', 'usr/lib/x86_64-linux-gnu/libc.so.6', '\x7fELFleft');
    write('right', 'usr/lib/aarch64-linux-gnu/libc.so.6', '\x7fELFright');
    write('left', 'var/lib/dpkg/info/libc6:amd64.list', '/usr/lib/x86_64-linux-gnu\n');
    write('right', 'var/lib/dpkg/info/libc6:arm64.list', '/usr/lib/aarch64-linux-gnu\n');
    symlinkSync('x86_64-linux-gnu/libc.so.6', join(directory, 'left/usr/lib/libc.so'));
    symlinkSync('aarch64-linux-gnu/libc.so.6', join(directory, 'right/usr/lib/libc.so'));
    expect(await compare()).toEqual({
      differences: [],
      hidden: ['/var/lib/dpkg/info/libc6:{arch}.list'],
      compared: 10,
    });
  });

  it('replaces whole words only', async () => {
    write('left', 'alarm64', 'x');
    write('right', 'alarm64', 'x');
    expect(await compare()).toMatchObject({ differences: [], hidden: [], compared: 1 });
  });

  it('reports what is there on one side only, a directory once', async () => {
    write('left', 'opt/a/b/c', 'x');
    write('left', 'opt/a/d', 'x');
    write('left', 'opt/same', 'x');
    write('right', 'opt/same', 'x');
    write('right', 'new', 'x');
    expect((await compare()).differences).toEqual([
      { path: '/new', aspect: 'presence', left: 'absent', right: 'file' },
      { path: '/opt/a', aspect: 'presence', left: 'directory', right: 'absent' },
    ]);
  });

  it('reports type, mode, link target and content', async () => {
    write('left', 'type', 'x');
    mkdirSync(join(directory, 'right/type'));
    write('left', 'mode', 'x', 0o4755);
    write('right', 'mode', 'x', 0o755);
    symlinkSync('a', join(directory, 'left/link'));
    symlinkSync('b', join(directory, 'right/link'));
    write('left', 'text', 'one');
    write('right', 'text', 'two2');
    write('left', 'binary', '\0one');
    write('right', 'binary', '\0two');
    write('left', 'script', '#!/bin/sh\n');
    write('right', 'script', '\x7fELF....');
    expect((await compare()).differences).toMatchObject([
      { path: '/binary', aspect: 'content', isText: false },
      { path: '/link', aspect: 'link-target', left: 'a', right: 'b' },
      { path: '/mode', aspect: 'mode', left: '4755', right: '0755' },
      { path: '/script', aspect: 'content', isText: true },
      {
        path: '/text',
        aspect: 'content',
        left: '3 bytes, sha256 7692c3ad3540',
        isText: true,
      },
      { path: '/type', aspect: 'type', left: 'file', right: 'directory' },
    ]);
  });

  it('compares big files by their hashes', async () => {
    const big = 'x'.repeat(1024 * 1024);
    write('left', 'same', `${big}a`);
    write('right', 'same', `${big}a`);
    write('left', 'size', big + 'a');
    write('right', 'size', `${big}ab`);
    write('left', 'other', `${big}a`);
    write('right', 'other', `${big}b`);
    expect((await compare()).differences).toMatchObject([
      { path: '/other', left: expect.stringMatching(/^sha256 /) as string },
      { path: '/size', left: '1048577 bytes', right: '1048578 bytes' },
    ]);
  });

  it('keeps both of two paths that look the same without the platform', async () => {
    write('left', 'lib/amd64', '1');
    write('left', 'lib/x86_64', '2');
    write('right', 'lib/arm64', '1');
    write('right', 'lib/aarch64', '2');
    const { differences, compared } = await compare();
    expect(compared + differences.length).toBeGreaterThanOrEqual(3);
  });
});

describe('listTree', () => {
  it('lists every path once, sorted, and follows no link', async () => {
    write('left', 'b/file', '12345', 0o4711);
    symlinkSync('/', join(directory, 'left/a'));
    write('left', 'b-c', '');
    const entries = await listTree(join(directory, 'left'));
    expect(entries.map(({ path, type }) => [path, type])).toEqual([
      ['/a', 'symlink'],
      ['/b', 'directory'],
      ['/b-c', 'file'],
      ['/b/file', 'file'],
    ]);
    expect(entries[0]?.linkTarget).toBe('/');
    expect(entries[3]).toMatchObject({ mode: 0o4711, size: 5, isElf: false });
  });
});
