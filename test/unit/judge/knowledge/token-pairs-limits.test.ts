import { expect, test } from 'vitest';
import { pairTokens } from '../../../../src/judge/knowledge/token-pairs.ts';

const words = (left: string, right: string) =>
  pairTokens(left, right)?.map((pair) => `${pair.left} ${pair.right}`);

test.each<[string, string, string[] | undefined]>([
  ['', '', []],
  ['a', 'a', []],
  ['a\nb\nc\n', 'a\nd\ne\n', ['b d', 'c e']],
  ['(1)', '2', ['1 2']],
  ['1', '  2  ', ['1 2']],
  ['a 1 b', 'a 2 c', ['1 2', 'b c']],
  ['x=1', 'x 2', ['1 2']],
  ['a,b;c=d:e(f)g[h]i{j}k<l>m"n\'o`p|q', 'a b c d e f g h i j k l m n o p r', ['q r']],
  ['a,;= :b', 'a c', ['b c']],
  ['-1.5e+3', '+1.5e-3', ['-1.5e+3 +1.5e-3']],
  ['a/b-c_d', 'a/b-c_e', ['a/b-c_d a/b-c_e']],
  ['it is 1.', 'it is 2', ['1 2']],
  ['it is 1.', 'it is 1', []],
  ['1.5.', '1.6.', ['1.5 1.6']],
  ['a..', 'b', ['a. b']],
  ['. a', 'b', ['a b']],
  ['a', 'a\nb', undefined],
  ['a\nb', 'a', undefined],
  ['a b', 'c', undefined],
  ['a', 'b c', undefined],
  ['1\na b', '2\nc', undefined],
])('%j and %j differ in %j', (left, right, pairs) => {
  expect(words(left, right)).toEqual(pairs);
});

const lines = (count: number, text: string) => `${text}\n`.repeat(count);

test.each<[string, string, string, number | undefined]>([
  ['200 lines', lines(200, 'a'), lines(200, 'b'), 200],
  ['201 lines', lines(201, 'a'), lines(201, 'b'), undefined],
  ['300 equal lines and one', `${lines(300, 'a')}b`, `${lines(300, 'a')}c`, 1],
  ['2000 characters', 'a'.repeat(2000), 'b'.repeat(2000), 1],
  ['2001 characters on the left', 'a'.repeat(2001), 'b', undefined],
  ['2001 characters on the right', 'a', 'b'.repeat(2001), undefined],
  ['2001 equal characters', `${'a'.repeat(2001)}\nb`, `${'a'.repeat(2001)}\nc`, 1],
])('of %s is read what can be read', (_name, left, right, count) => {
  expect(pairTokens(left, right)?.length).toBe(count);
});

test('the lines come without their ends', () => {
  expect(pairTokens('same\nx 1\n', 'same\nx 2')).toEqual([
    { left: '1', right: '2', leftLine: 'x 1', rightLine: 'x 2' },
  ]);
});
