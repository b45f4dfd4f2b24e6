import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { lstatBelow } from '../../../../src/lanes/attempt/lstat-below.ts';

function makeRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'parity-lstat-'));
  onTestFinished(() => void execFileSync('rm', ['-rf', root]));
  return root;
}

it('sees what lies deeper than a path is long, and leaves nothing open', () => {
  const root = makeRoot();
  const program =
    'import os,sys; os.chdir(sys.argv[1])\nfor _ in range(45): os.mkdir("d" * 250); os.chdir("d" * 250)\nos.mkdir("last", 0o710)';
  execFileSync('python3', ['-c', program, root]);
  const deep = `/${'d'.repeat(250)}`.repeat(45);
  const before = readdirSync('/proc/self/fd').length;
  expect((lstatBelow(root, `${deep}/last`)?.mode ?? 0) & 0o7777).toBe(0o710);
  expect(lstatBelow(root, `${deep}/other`)).toBeUndefined();
  expect(lstatBelow(root, `/other${deep}`)).toBeUndefined();
  expect(readdirSync('/proc/self/fd')).toHaveLength(before);
});

it('sees what a short path names, a link as itself', () => {
  const root = makeRoot();
  mkdirSync(join(root, 'a'));
  symlinkSync('/nowhere', join(root, 'a/link'));
  expect(lstatBelow(root, '/a/link')?.isSymbolicLink()).toBe(true);
  expect(lstatBelow(root, '/')?.isDirectory()).toBe(true);
  expect(lstatBelow(root, '/b')).toBeUndefined();
});
