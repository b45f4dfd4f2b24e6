import { describe, expect, it } from 'vitest';
import type { Platform } from '../../../../src/core/index.ts';
import { findActualPlatform } from '../../../../src/image/layers/find-actual-platform.ts';

const find = (claimed: Platform, counts: Partial<Record<Platform, number>>) =>
  findActualPlatform(new Map(Object.entries(counts) as [Platform, number][]), claimed);

describe('findActualPlatform', () => {
  it('believes a config that nothing speaks against', () => {
    expect(find('linux/arm64', {})).toBeUndefined();
    expect(find('linux/arm64', { 'linux/arm64': 5 })).toBeUndefined();
    expect(find('linux/arm64', { 'linux/arm64': 5, 'linux/amd64': 3 })).toBeUndefined();
  });

  it('does not when all programs, or nearly all, are for another', () => {
    expect(find('linux/amd64', { 'linux/arm64': 1 })).toBe('linux/arm64');
    // An emulator of the building machine left behind.
    expect(find('linux/amd64', { 'linux/amd64': 1, 'linux/arm64': 400 })).toBe('linux/arm64');
    expect(find('linux/arm64', { 'linux/amd64': 2, 'linux/s390x': 9 })).toBe('linux/s390x');
  });

  it('takes 32-bit programs for at home on the 64-bit machine', () => {
    expect(find('linux/amd64', { 'linux/386': 9 })).toBeUndefined();
    expect(find('linux/arm64', { 'linux/arm/v7': 9 })).toBeUndefined();
    expect(find('linux/arm/v7', { 'linux/arm64': 9 })).toBe('linux/arm64');
  });
});
