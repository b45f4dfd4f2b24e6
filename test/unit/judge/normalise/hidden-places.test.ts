import { describe, expect, test } from 'vitest';
import type { HiddenDifference, Normaliser } from '../../../../src/core/index.ts';
import { createRewriters } from '../../../../src/judge/normalise/normalise-pair.ts';
import { pairTexts, PLATFORMS } from './normalise-data.ts';

const LETTERS: Normaliser = { replace: '[xy]\\d ?', with: 'z' };
const NOTHING: Normaliser = { replace: '[xy]\\d ?', with: '' };

function hide(left: string, right: string, count: number, normaliser = 'replace [xy]\\d ?') {
  return { between: ['native', 'emulated'], what: 'stdout', normaliser, count, left, right };
}

type Row = readonly [
  name: string,
  normaliser: Normaliser,
  left: string,
  right: string,
  hidden: readonly unknown[],
];

describe('what a normaliser made equal', () => {
  test.each<Row>([
    ['one place', LETTERS, 'x1', 'x2', [hide('x1', 'x2', 2)]],
    ['one place of several', LETTERS, 'x1x1', 'x1x2', [hide('x1', 'x2', 4)]],
    ['more places on the right', LETTERS, 'x1', 'x2x3', [hide('x1', 'x2', 3)]],
    ['more places on the left', LETTERS, 'x2x3', 'x1', [hide('x2', 'x1', 3)]],
    ['a place on the left alone', NOTHING, 'ax1', 'a', [hide('x1', '', 1)]],
    ['a place on the right alone', NOTHING, 'a', 'ax1', [hide('', 'x1', 1)]],
    ['a second place on the left alone', NOTHING, 'x1x2', 'x1', [hide('x2', '', 3)]],
    ['a second place on the right alone', NOTHING, 'x1', 'x1x2', [hide('', 'x2', 3)]],
    ['a place on the left that still shows', LETTERS, 'ax1', 'a', []],
    ['a place on the right that still shows', LETTERS, 'a', 'ax1', []],
    ['a second place on the left that still shows', LETTERS, 'x1x2', 'x1', []],
    ['a second place on the right that still shows', LETTERS, 'x1', 'x1x2', []],
    ['equal places', LETTERS, 'x1a', 'x1b', []],
    ['no places', LETTERS, 'a', 'b', []],
    [
      'control characters',
      { replace: '\\x1b.', with: '' },
      '\u001b1',
      '\u001b2',
      [hide('␛1', '␛2', 2, 'replace \\x1b.')],
    ],
  ])('%s', (_name, normaliser, left, right, hidden) => {
    const found: readonly HiddenDifference[] = pairTexts(left, right, [normaliser]).hidden;
    expect(found).toEqual(hidden);
  });
});

test.each([
  ['neither side', 'a', 'b', 'a', 'b', false],
  ['equal sides, which are left alone', 'x1', 'x1', 'x1', 'x1', false],
  ['the left side', 'x1', 'a', 'z', 'a', true],
  ['the right side', 'a', 'x1', 'a', 'z', true],
  ['both sides', 'x1', 'x2', 'z', 'z', true],
  ['both sides alike', 'x1a', 'x1b', 'za', 'zb', true],
])('rewrites %s', (_name, left, right, leftAfter, rightAfter, rewritten) => {
  expect(pairTexts(left, right, [LETTERS])).toMatchObject({
    left: leftAfter,
    right: rightAfter,
    rewritten,
  });
});

test('remembers that an earlier normaliser rewrote something', () => {
  const later: Normaliser = { replace: 'q', with: '' };
  expect(pairTexts('x1a', 'x2b', [LETTERS, later]).rewritten).toBe(true);
  expect(pairTexts('x1a', 'x2b', [later, LETTERS]).rewritten).toBe(true);
});

test('stops where both sides are equal', () => {
  const upper: Normaliser = { replace: 'z', with: 'Z' };
  expect(pairTexts('x1', 'x2', [LETTERS, upper])).toMatchObject({ left: 'z', right: 'z' });
  expect(pairTexts('x1a', 'x2', [LETTERS, upper])).toMatchObject({ left: 'Za', right: 'Z' });
});

test('normalisers come in the order of the case', () => {
  const names = (list: readonly Normaliser[]): string[] =>
    createRewriters(list, { platforms: PLATFORMS }).map(({ name }) => name);
  expect(names(['address', 'pid', 'time', { replace: 'a', with: '' }, 'paths', 'arch'])).toEqual([
    ...['address', 'pid', 'time', 'replace a', 'paths', 'arch'],
  ]);
  expect(names([])).toEqual([]);
});
