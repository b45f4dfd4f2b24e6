import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, findNearest } from '../../../src/core/index.ts';

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

  it('takes the only one that begins so, when nothing is nearer', () => {
    expect(findNearest('arch', ['architecture', 'emulator'])).toBe('architecture');
    expect(findNearest('std', ['stdin', 'stdout'])).toBeUndefined();
    expect(findNearest('ar', ['architecture'])).toBeUndefined();
  });

  it('does not guess when nothing is near', () => {
    expect(findNearest('zebra', ['stdin', 'run'])).toBeUndefined();
    expect(findNearest('x', ['a', 'b'])).toBeUndefined();
  });

  it('is quick with a hostile key', () => {
    expect(findNearest('x'.repeat(1_000_000), ['stdin'])).toBeUndefined();
  });
});
