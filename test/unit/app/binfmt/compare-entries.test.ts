import { describe, expect, it } from 'vitest';
import { canonicalFlags, overlaps } from '../../../../src/app/binfmt/compare-entries.ts';
import { PLATFORMS } from '../../../../src/core/index.ts';
import { binfmtMagic } from '../../../../src/lanes/index.ts';
import { ARM64, entry } from './model-host.ts';

describe('canonicalFlags', () => {
  it.each([
    ['POCF', 'POCF'],
    ['fcop', 'POCF'],
    ['CF', 'OCF'],
    ['F', 'F'],
    ['', ''],
    ['FF', undefined],
    ['X', undefined],
  ])('reads %j as %j', (text, flags) => {
    expect(canonicalFlags(text)).toBe(flags);
  });
});

describe('overlaps', () => {
  it('holds between entries of one platform, and for none of two', () => {
    for (const { platform } of PLATFORMS) {
      const theirs = entry('theirs', binfmtMagic(platform));
      const taken = PLATFORMS.filter((other) => overlaps(theirs, other.platform));
      expect(taken.map((other) => other.platform)).toEqual([platform]);
    }
  });

  it('holds where some files are taken by both: position-independent ones, a shorter or a later piece', () => {
    const { magic, mask } = binfmtMagic(ARM64);
    const pie = Buffer.from(magic);
    pie[16] = 3;
    expect(overlaps(entry('pie', { magic: pie, mask: Buffer.alloc(20, 0xff) }), ARM64)).toBe(true);
    expect(
      overlaps(entry('elf', { magic: magic.subarray(0, 4), mask: mask.subarray(0, 4) }), ARM64),
    ).toBe(true);
    const machine = { offset: 18, magic: magic.subarray(18), mask: mask.subarray(18) };
    expect(overlaps(entry('machine', machine), ARM64)).toBe(true);
    expect(overlaps(entry('machine', machine), 'linux/riscv64')).toBe(false);
    // AppImages have a mark where ours wants zeros.
    const appImage = Buffer.from(magic);
    appImage.set([0x41, 0x49, 0x02], 8);
    expect(overlaps(entry('appimage', { magic: appImage, mask }), ARM64)).toBe(false);
  });
});
