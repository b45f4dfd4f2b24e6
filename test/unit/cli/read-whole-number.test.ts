import { describe, expect, it } from 'vitest';
import { readWholeNumber } from '../../../src/cli/read-whole-number.ts';

describe('readWholeNumber', () => {
  it('takes both ends of its range', () => {
    expect(readWholeNumber('1', 'jobs', 1)).toBe(1);
    expect(readWholeNumber('10000', 'jobs', 1)).toBe(10_000);
  });

  it.each(['0', '-1', '1.5', '10001', '99999', 'many', ''])(
    'refuses "%s" with both ends',
    (text) => {
      expect(() => readWholeNumber(text, 'jobs', 1)).toThrow(
        `--jobs takes a whole number from 1 to 10000, not "${text}".`,
      );
    },
  );
});
