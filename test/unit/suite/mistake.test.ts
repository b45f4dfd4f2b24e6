import { describe, expect, it } from 'vitest';
import { describeValue, quoteText, valueAt } from '../../../src/suite/mistake.ts';

describe('valueAt', () => {
  const root = { cases: [{ name: 'c', env: null, text: 'abc' }] };

  it.each([
    [[], root],
    [['cases', 0, 'name'], 'c'],
    [['cases', 0, 'env'], null],
    // Where the path leaves the data, also into what every object or text has.
    [['cases', 1], undefined],
    [['cases', 0, 'env', 'x'], undefined],
    [['cases', 0, 'text', 'length'], undefined],
    [['cases', 0, 'text', 0], undefined],
    [['cases', 0, 'toString'], undefined],
    [['nothing', 'at', 'all'], undefined],
  ] as const)('%j', (path, expected) => {
    expect(valueAt(root, path)).toBe(expected);
  });
});

describe('quoteText', () => {
  it('keeps 60 characters, whatever they are', () => {
    const sixty = '🦓'.repeat(60);
    expect(quoteText(sixty)).toBe(`"${sixty}"`);
    expect(quoteText(`${sixty}a`)).toBe(`"${sixty}…"`);
  });

  it('writes control characters so that no terminal acts on them', () => {
    expect(quoteText('a\u001b[1m\u009b\u007f"\n')).toBe(String.raw`"a\u001b[1m\u009b\u007f\"\n"`);
  });
});

it.each([
  [null, 'nothing'],
  [undefined, 'nothing'],
  [[], 'an empty list'],
  [[0], 'a list'],
  ['', 'an empty text'],
  ['a', '"a"'],
  [1.5, '1.5'],
  [false, 'false'],
  [10n, '10'],
  [{}, 'a mapping'],
  [() => 1, 'a function'],
] as const)('describeValue says what %o is: %s', (value, words) => {
  expect(describeValue(value)).toBe(words);
});
