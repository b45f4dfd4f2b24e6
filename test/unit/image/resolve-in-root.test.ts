import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveInRoot } from '../../../src/image/index.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'resolve-'));
  mkdirSync(join(root, 'usr/lib'), { recursive: true });
  writeFileSync(join(root, 'usr/lib/libc.so'), '');
  symlinkSync('usr/lib', join(root, 'lib'));
});
afterEach(() => rmSync(root, { recursive: true }));

const resolve = (path: string): string | undefined => resolveInRoot(root, path)?.path;

describe('resolveInRoot', () => {
  it('follows relative and absolute links inside the root', () => {
    symlinkSync('/lib/libc.so', join(root, 'abs'));
    expect(resolve('/lib/libc.so')).toBe('/usr/lib/libc.so');
    expect(resolve('/abs')).toBe('/usr/lib/libc.so');
    expect(resolve('lib/./../lib/libc.so')).toBe('/usr/lib/libc.so');
    expect(resolveInRoot(root, '/abs')?.hostPath).toBe(join(root, 'usr/lib/libc.so'));
  });

  it('stays inside, as chroot does', () => {
    symlinkSync('../../../../../../usr/lib/libc.so', join(root, 'up'));
    symlinkSync('/etc/passwd', join(root, 'out'));
    expect(resolve('/up')).toBe('/usr/lib/libc.so');
    expect(resolve('/../../usr')).toBe('/usr');
    expect(resolve('/out')).toBeUndefined();
    expect(resolve('/')).toBe('/');
  });

  it('gives nothing for circles, missing files and files taken as directories', () => {
    symlinkSync('loop', join(root, 'loop'));
    expect(resolve('/loop')).toBeUndefined();
    expect(resolve('/none')).toBeUndefined();
    expect(resolve('/usr/lib/libc.so/x')).toBeUndefined();
    expect(resolveInRoot(join(root, 'none'), '/')).toBeUndefined();
  });
});
