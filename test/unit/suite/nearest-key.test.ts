import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, findNearest, suggestKey } from '../../../src/suite/nearest-key.ts';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['abc', '', 3],
    ['stdout', 'stdotu', 1],
    ['kitten', 'sitting', 3],
    ['ca', 'abc', 3],
  ])('between %j and %j is %i', (left, right, expected) => {
    expect(editDistance(left, right)).toBe(expected);
  });

  it('is symmetric, zero only for equal texts, and at most the longer length', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (left, right) => {
        const distance = editDistance(left, right);
        expect(editDistance(right, left)).toBe(distance);
        expect(distance === 0).toBe(left === right);
        expect(distance).toBeLessThanOrEqual(Math.max(left.length, right.length));
      }),
    );
  });
});

describe('findNearest', () => {
  it('takes the nearest, without regard to case and separators', () => {
    expect(findNearest('STDIN_FILE', ['stdin', 'stdinFile'])).toBe('stdinFile');
    expect(findNearest('emulater', ['architecture', 'emulator'])).toBe('emulator');
  });

  it('does not guess when nothing is near', () => {
    expect(findNearest('zebra', ['stdin', 'run'])).toBeUndefined();
    expect(findNearest('x', ['a', 'b'])).toBeUndefined();
  });

  it('is quick with a hostile key', () => {
    expect(findNearest('x'.repeat(1_000_000), ['stdin'])).toBeUndefined();
  });
});

describe('suggestKey', () => {
  it('knows the words of other tools and keys one level too high', () => {
    expect(suggestKey('command', ['run', 'name'])).toBe('did you mean "run"?');
    expect(suggestKey('stderr', ['expect'])).toBe('"stderr" belongs under "expect"');
    expect(suggestKey('zebra', ['run', 'name'])).toBe('the keys here are run, name');
  });
});
