import { describe, expect, test } from 'vitest';
import { normaliseText } from '../../../../src/judge/normalise/normalise-pair.ts';
import { makeRewriters, pairTexts } from './normalise-data.ts';

describe('arch', () => {
  test.each([
    ['Linux 6.1 x86_64 GNU/Linux', 'Linux 6.1 aarch64 GNU/Linux'],
    ['os/arch: linux/amd64', 'os/arch: linux/arm64'],
    ['linux/amd64', 'linux/arm64/v8'],
    ['/usr/lib/x86_64-linux-gnu/libc.so.6', '/usr/lib/aarch64-linux-gnu/libc.so.6'],
    ['target x86_64-pc-linux-gnu', 'target aarch64-unknown-linux-gnu'],
    ['x86_64-unknown-linux-musl', 'aarch64-unknown-linux-musl'],
    ['/lib64/ld-linux-x86-64.so.2', '/lib/ld-linux-aarch64.so.1'],
    ['/lib/ld-musl-x86_64.so.1', '/lib/ld-musl-aarch64.so.1'],
    ['app_1.2_linux_amd64.tar.gz', 'app_1.2_linux_arm64.tar.gz'],
    ['X86-64', 'AArch64'],
  ])('hides %j against %j', (left, right) => {
    const result = pairTexts(left, right, ['arch']);
    expect(result.left).toBe(result.right);
    expect(result.left).toContain('<arch>');
    expect(result.hidden).toHaveLength(1);
  });

  test.each([
    'alarm64 rang',
    'myamd64x',
    'x86_64bit',
    'arm64e',
    'aarch645',
    'riscv64 is not compared here',
    'arm wrestling',
    'build.so.1',
    'world.so.2',
  ])('keeps %j', (text) => {
    expect(normaliseText(text, makeRewriters(['arch']))).toBe(text);
  });

  test.each([
    ['/lib/ld-musl-aarch64.so.1', '/lib/ld-musl-<arch>.so'],
    ['ld-musl-x86_64.so.1', 'ld-musl-<arch>.so'],
    ['/lib64/ld-linux-x86-64.so.2', '/lib/ld-<arch>.so'],
    ['ld-linux-aarch64.so.1', 'ld-<arch>.so'],
    ['aarch64', '<arch>'],
    ['AARCH64-LINUX-GNU', '<arch>-linux-gnu'],
    ['x86_64-unknown-linux-musl', '<arch>-linux-musl'],
  ])('%j becomes %j', (text, wanted) => {
    expect(normaliseText(text, makeRewriters(['arch']))).toBe(wanted);
  });

  test('keeps the C library apart', () => {
    const result = pairTexts('/lib64/ld-linux-x86-64.so.2', '/lib/ld-musl-aarch64.so.1', ['arch']);
    expect(result.left).not.toBe(result.right);
  });

  test('keeps a plain 386', () => {
    const narrow = makeRewriters(['arch'], ['linux/amd64', 'linux/386']);
    expect(normaliseText('386 of linux/386, i686', narrow)).toBe('386 of <arch>, <arch>');
  });
});
