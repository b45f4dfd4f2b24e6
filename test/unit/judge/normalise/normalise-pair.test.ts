import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normaliseText } from '../../../../src/judge/normalise/normalise-pair.ts';
import { measureCpuMs } from '../judge-data.ts';
import { makeRewriters, pairTexts } from './normalise-data.ts';

describe('hidden', () => {
  test('names who hid what, and how often', () => {
    const result = pairTexts(
      'x86_64 at 12:00:01 and x86_64\n',
      'aarch64 at 12:00:02 and aarch64\n',
    );
    expect(result.hidden).toEqual([
      {
        between: ['native', 'emulated'],
        what: 'stdout',
        normaliser: 'arch',
        count: 4,
        left: 'x86_64',
        right: 'aarch64',
      },
      {
        between: ['native', 'emulated'],
        what: 'stdout',
        normaliser: 'time',
        count: 2,
        left: '12:00:01',
        right: '12:00:02',
      },
    ]);
  });

  test('says nothing of places that were equal before', () => {
    expect(pairTexts('12:00:01 a\n', '12:00:01 b\n').hidden).toEqual([]);
    expect(pairTexts('12:00:01 a\n', '12:00:01 a\n').hidden).toEqual([]);
  });

  test('says nothing of a place that only one side has and that still differs', () => {
    expect(pairTexts('12:00:01\n', 'late\n').hidden).toEqual([]);
  });
});

describe('properties', () => {
  const word = fc.constantFrom(
    ...['x86_64', 'aarch64', 'linux/arm64', '-linux-gnu', '/lib/', 'ld-linux-aarch64.so.1'],
    ...[
      '2026-03-14',
      'T',
      '01:02:03',
      'Z',
      'Mar',
      '14',
      '1773450000',
      '1.2',
      'ms',
      's',
      '0m',
      '12',
    ],
    ...['pid', 'process', '[', ']', ':', '==', '#', '/tmp/', 'tmp.Ab3dEf9h1K', '/proc/', '/fd/'],
    ...[
      '0x7f12a4b3c9d0',
      '0x',
      '7f12a4b3c9d0',
      '-',
      '_',
      '.',
      ' ',
      '  ',
      '\t',
      '\n',
      '<time>',
      'a',
    ],
  );
  const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(''));

  test('normalising is idempotent', () => {
    const all = makeRewriters();
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (input) => {
        const once = normaliseText(input, all);
        expect(normaliseText(once, all)).toBe(once);
      }),
      { numRuns: 3000 },
    );
  });

  test('swapping the sides swaps the result', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const forth = pairTexts(a, b);
        const back = pairTexts(b, a);
        expect([back.left, back.right]).toEqual([forth.right, forth.left]);
        expect(back.hidden.length).toBe(forth.hidden.length);
      }),
    );
  });

  test.each([
    ['digits', '1'.repeat(1_000_000)],
    ['blanks', ' '.repeat(1_000_000)],
    ['letters', 'a'.repeat(1_000_000)],
    ['dashes', 'ld-'.repeat(330_000)],
    ['paths', '/tmp'.repeat(250_000)],
    ['hex', '0x7f'.repeat(250_000)],
    ['clocks', '12:'.repeat(330_000)],
    ['names', 'x86_64-'.repeat(140_000)],
    ['libs', '/lib/'.repeat(200_000)],
    ['units', '1h1m'.repeat(250_000)],
  ])('a megabyte of %s takes no longer than another', (_name, input) => {
    expect(measureCpuMs(() => normaliseText(input, makeRewriters()))).toBeLessThan(1000);
  });
});
