import { describe, expect, test } from 'vitest';
import type { Platform } from '../../../../src/core/index.ts';
import { architectureNames } from '../../../../src/judge/normalise/arch.ts';
import { normaliseText } from '../../../../src/judge/normalise/normalise-pair.ts';
import { makeRewriters, pairTexts } from './normalise-data.ts';

test.each<readonly [Platform, readonly string[]]>([
  [
    'linux/arm64',
    ['linux/arm64', 'aarch64', 'arm64', 'linux/aarch64', 'linux/arm64/v8', 'arm64/v8'],
  ],
  ['linux/arm/v7', ['linux/arm/v7', 'arm', 'armhf', 'armv7', 'armv7l', 'arm/v7', 'linux/arm']],
  ['linux/amd64', ['linux/amd64', 'x86_64', 'amd64', 'x86-64', 'x64', 'linux/x86_64']],
  ['linux/386', ['linux/386', 'i386', 'i686', 'linux/i386']],
])('%s is called %j', (platform, names) => {
  expect(architectureNames(platform)).toEqual(names);
});

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
    'ld-linux.so.4',
    'ld-linux.so.22',
    'ld-linux.so.2a',
    'xld-linux.so.2',
    '-ld-linux.so.2',
    '<time>ld-linux.so.2',
    'ld-linuxsso.2',
    'linux/amd',
    'aarch',
    'x8664',
    'arm64v8',
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
    ['AARCH64-LINUX-MUSL', '<arch>-linux-musl'],
    ['x86_64-pc-linux-gnu', '<arch>-linux-gnu'],
    ['aarch64-linux-gnueabihf', '<arch>-linux-gnu'],
    ['x86_64-linux-gnux32', '<arch>-linux-gnux32'],
    ['x86_64-apple-darwin', '<arch>-apple-darwin'],
    ['x86_64-pc-windows', '<arch>-pc-windows'],
    ['linux/arm64/v8 arm64/v8 linux/aarch64', '<arch> <arch> <arch>'],
    ['amd64_arm64.x64', '<arch>_<arch>.<arch>'],
    ['ld-linux.so.2 ld64.so.1 ld.so.3', 'ld-<arch>.so ld-<arch>.so ld-<arch>.so'],
    ['/usr/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1', '/lib/ld-<arch>.so'],
    ['/lib32/ld-linux.so.2 /libx32/ld-linux-x32.so.2', '/lib/ld-<arch>.so /lib/ld-<arch>.so'],
    ['/opt/lib/ld-linux.so.2', '/opt/lib/ld-<arch>.so'],
    ['/usr/local/lib/x86_64-linux-gnu/x', '/usr/local/lib/<arch>-linux-gnu/x'],
    ['ld-musl-aarch64.so.2', 'ld-musl-<arch>.so.2'],
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
