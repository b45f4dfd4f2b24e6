import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findByteSizeProblem,
  formatByteSize,
  parseByteSize,
} from '../../../src/suite/byte-size.ts';

describe('parseByteSize', () => {
  it.each([
    ['512B', 512],
    ['64K', 65_536],
    ['256M', 268_435_456],
    ['1G', 1_073_741_824],
  ])('reads %s', (text, bytes) => {
    expect(parseByteSize(text)).toBe(bytes);
    expect(findByteSizeProblem(text)).toBeUndefined();
  });

  it.each(['', '64', '64Q', '0M', '-1M', '1.5G', '64k', '99999999T'])('refuses %j', (text) => {
    expect(parseByteSize(text)).toBeUndefined();
    expect(findByteSizeProblem(text)?.message).toContain(JSON.stringify(text));
  });

  it.each<readonly [text: string, message: string, hint: string | undefined]>([
    ['-1M', 'cannot be negative, but is "-1M"', undefined],
    [' -1M', 'cannot be negative, but is " -1M"', undefined],
    ['0M', 'must be more than nothing, not "0M"', undefined],
    ['00B', 'must be more than nothing, not "00B"', undefined],
    ['8192T', 'must be less than 8192T, not "8192T"', undefined],
    ['10000000T', 'must be less than 8192T, not "10000000T"', undefined],
    [
      '64',
      'must be a size such as 256M, not "64"',
      'a size needs a unit: write 64B for bytes or 64M for mebibytes',
    ],
    ['64 kb', 'must be a size such as 256M, not "64 kb"', 'write 64K'],
    ['1gib', 'must be a size such as 256M, not "1gib"', 'write 1G'],
    ['7 t', 'must be a size such as 256M, not "7 t"', 'write 7T'],
    [
      'x64k',
      'must be a size such as 256M, not "x64k"',
      'the units are B, K, M, G and T (1K = 1024 bytes)',
    ],
    [
      '64kx',
      'must be a size such as 256M, not "64kx"',
      'the units are B, K, M, G and T (1K = 1024 bytes)',
    ],
  ])('of %j says %s', (text, message, hint) => {
    expect(findByteSizeProblem(text)).toEqual(hint === undefined ? { message } : { message, hint });
  });

  it('reads up to what numbers hold exactly, and writes the largest unit', () => {
    expect(parseByteSize('8191T')).toBe(8191 * 1024 ** 4);
    expect([1, 1023, 1024, 1536, 1024 ** 2, 3 * 1024 ** 3, 1024 ** 4].map(formatByteSize)).toEqual([
      ...['1B', '1023B', '1K', '1536B', '1M', '3G', '1T'],
    ]);
  });

  it('reads back what formatByteSize writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (bytes) => {
        expect(parseByteSize(formatByteSize(bytes))).toBe(bytes);
      }),
    );
  });
});
