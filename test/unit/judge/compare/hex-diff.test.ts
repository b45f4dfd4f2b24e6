import { describe, expect, test } from 'vitest';
import {
  diffHex,
  firstDifferentByte,
  formatOffset,
  hexExcerpt,
} from '../../../../src/judge/compare/hex-diff.ts';

describe('diffHex', () => {
  test('shows rows with offsets around the first difference', () => {
    const left = Buffer.from(Array.from({ length: 48 }, (_, index) => index));
    const right = Buffer.from(left);
    right[0x1f] = 0x41;
    expect(diffHex(left, right).split('\n')).toEqual([
      ' 00000000  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f  |................|',
      '-00000010  10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f  |................|',
      '+00000010  10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 41  |...............A|',
      ' 00000020  20 21 22 23 24 25 26 27 28 29 2a 2b 2c 2d 2e 2f  | !"#$%&\'()*+,-./|',
    ]);
  });

  test('shows a side that ends earlier, and what is left out', () => {
    const diff = diffHex(Buffer.alloc(4), Buffer.alloc(200));
    expect(diff.split('\n')[0]).toMatch(/^-00000000 {2}00 00 00 00 +\|\.\.\.\.\|$/);
    expect(diff).toMatch(/… 104 more bytes$/);
  });

  test('begins one row before the difference, and shows six', () => {
    const left = Buffer.alloc(160);
    const right = Buffer.from(left);
    right[0x45] = 1;
    const offsets = diffHex(left, right)
      .split('\n')
      .map((line) => line.slice(0, 9));
    expect(offsets).toEqual([
      ...[' 00000030', '-00000040', '+00000040', ' 00000050', ' 00000060', ' 00000070'],
      ...[' 00000080', '… 16 more'],
    ]);
    expect(diffHex(left.subarray(0, 0x90), right.subarray(0, 0x90))).not.toContain('more bytes');
  });

  test('shows a last row that only one side has, and no byte as a control character', () => {
    const left = Buffer.from('0123456789abcdef');
    const right = Buffer.from('0123456789abcdef\x7e\x7f\n');
    expect(diffHex(left, right).split('\n')).toEqual([
      ' 00000000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  |0123456789abcdef|',
      `+00000010  7e 7f 0a${' '.repeat(39)}  |~..|`,
    ]);
  });

  test('shows a row that ends earlier, and rows that only the left side has', () => {
    const left = Buffer.from('0123456789abcdefAB');
    expect(diffHex(left, left.subarray(0, 17)).split('\n').slice(1)).toEqual([
      `-00000010  41 42${' '.repeat(42)}  |AB|`,
      `+00000010  41${' '.repeat(45)}  |A|`,
    ]);
    expect(diffHex(left, left.subarray(0, 16)).split('\n').slice(1)).toEqual([
      `-00000010  41 42${' '.repeat(42)}  |AB|`,
    ]);
  });

  test('is empty for equal bytes', () => {
    expect(diffHex(Buffer.from('a'), Buffer.from('a'))).toBe('');
  });
});

test.each([
  ['abc', 'abd', 2],
  ['abc', 'ab', 2],
  ['', 'a', 0],
  ['abc', 'abc', undefined],
])('%j and %j differ first at %s', (left, right, offset) => {
  expect(firstDifferentByte(Buffer.from(left), Buffer.from(right))).toBe(offset);
});

test('excerpts say where a side ends', () => {
  expect(hexExcerpt(Buffer.from('AB'), 1)).toBe('42');
  expect(hexExcerpt(Buffer.from('AB'), 2)).toBe('(ends after 2 bytes)');
  expect(formatOffset(31)).toBe('0x1f');
});
