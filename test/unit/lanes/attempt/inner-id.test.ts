import { describe, expect, it } from 'vitest';
import { toInner } from '../../../../src/lanes/attempt/inner-id.ts';

describe('toInner', () => {
  const maps = [
    { inner: 0, outer: 1000, count: 1 },
    { inner: 1, outer: 100_000, count: 65_536 },
  ];

  it.each([
    [1000, 0],
    [100_000, 1],
    [165_535, 65_536],
    [165_536, 165_536],
    [1001, 1001],
  ])('takes %i for %i', (outer, inner) => {
    expect(toInner(outer, maps)).toBe(inner);
    expect(toInner(outer, undefined)).toBe(outer);
  });
});
