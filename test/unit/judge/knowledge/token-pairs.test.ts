import { describe, expect, test } from 'vitest';
import { pairTokens } from '../../../../src/judge/knowledge/token-pairs.ts';

const words = (left: string, right: string) =>
  pairTokens(left, right)?.map((pair) => [pair.left, pair.right]);

describe('pairTokens', () => {
  test.each([
    ['c=-1, d=2\n', 'c=255, d=2\n', [['-1', '255']]],
    ['same\nx: 1.5e-3.\n', 'same\nx: 1.6e-3.\n', [['1.5e-3', '1.6e-3']]],
    [
      '[1, 2, 3]',
      '[1, 5, 6]',
      [
        ['2', '5'],
        ['3', '6'],
      ],
    ],
    ['a\n', 'a\n', []],
  ])('%j and %j', (left, right, pairs) => {
    expect(words(left, right)).toEqual(pairs);
  });

  test.each([
    ['a line more', 'a\n', 'a\nb\n'],
    ['a word more', 'a b\n', 'a\n'],
    ['too many lines', 'a\n'.repeat(300), 'b\n'.repeat(300)],
    ['a line that is too long', 'a'.repeat(3000), 'b'.repeat(3000)],
  ])('says nothing of texts that do not correspond: %s', (_name, left, right) => {
    expect(words(left, right)).toBeUndefined();
  });

  test('gives the lines', () => {
    expect(pairTokens('x 1\n', 'x 2\n')).toEqual([
      { left: '1', right: '2', leftLine: 'x 1', rightLine: 'x 2' },
    ]);
  });
});
