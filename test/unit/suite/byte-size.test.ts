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

  it('turns other notations into a hint', () => {
    expect(findByteSizeProblem('64 kb')?.hint).toBe('write 64K');
    expect(findByteSizeProblem('1gib')?.hint).toBe('write 1G');
  });

  it('reads back what formatByteSize writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (bytes) => {
        expect(parseByteSize(formatByteSize(bytes))).toBe(bytes);
      }),
    );
  });
});
