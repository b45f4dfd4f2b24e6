import { describe, expect, it } from 'vitest';
import type { Platform } from '../../../src/core/index.ts';
import { createPlatformNormaliser } from '../../../src/image/platform-words.ts';

describe('createPlatformNormaliser', () => {
  it.each<[Platform, string, string]>([
    [
      'linux/arm64',
      '/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1',
      '/lib/{arch}/ld-linux-{arch}.so.1',
    ],
    ['linux/amd64', '/lib64/ld-linux-x86-64.so.2', '/lib64/ld-linux-{arch}.so.2'],
    ['linux/arm64', 'libc6:arm64.list', 'libc6:{arch}.list'],
    ['linux/arm64', '/lib/ld-musl-aarch64.so.1', '/lib/ld-musl-{arch}.so.1'],
    ['linux/amd64', '_sysconfigdata__x86_64-linux-gnu.py', '_sysconfigdata__{arch}.py'],
    ['linux/amd64', 'binutils-x86-64-linux-gnu', 'binutils-{arch}'],
    ['linux/amd64', '@esbuild/linux-x64', '@esbuild/linux-{arch}'],
    ['linux/arm/v7', 'alarm armed arm', 'alarm armed {arch}'],
    ['linux/amd64', 'aarch64 arm64', 'aarch64 arm64'],
  ])('%s: %s', (platform, text, expected) => {
    expect(createPlatformNormaliser(platform)(text)).toBe(expected);
  });
});
