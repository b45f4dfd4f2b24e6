import { describe, expect, it } from 'vitest';
import { adjustHolm } from '../../../../src/judge/stats/holm.ts';
import { mannWhitney } from '../../../../src/judge/stats/mann-whitney.ts';
import { twoSidedNormal } from '../../../../src/judge/stats/normal.ts';
import {
  geometricMean,
  median,
  medianAbsoluteDeviation,
  quantile,
} from '../../../../src/judge/stats/order.ts';
import { signTest, wilcoxonSignedRank } from '../../../../src/judge/stats/paired-tests.ts';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1);

/** Two samples of n values each whose U is exactly `u`: values of the first moved up past the second. */
function samplesWithU(a: number, b: number, u: number): [number[], number[]] {
  const first: number[] = [];
  let left = u;
  for (let index = 0; index < a; index += 1) {
    const beaten = Math.min(b, left);
    left -= beaten;
    first.push(beaten + 0.5 + index / 1000);
  }
  return [first, upTo(b)];
}

/** Differences 1 to n, of which those in a greedy sum of `v` are positive. */
function differencesWithV(n: number, v: number): number[] {
  let left = v;
  return upTo(n)
    .reverse()
    .map((rank) => {
      if (rank > left) return -rank;
      left -= rank;
      return rank;
    });
}

describe('published tables', () => {
  // Critical values of U, two-sided 0.05: Mann and Whitney 1947; Siegel 1956, table K.
  it.each([
    [5, 5, 2],
    [8, 10, 17],
    [10, 10, 23],
    [12, 20, 69],
    [20, 20, 127],
  ])('mannWhitney of %i and %i values has the critical value %i', (a, b, critical) => {
    const inside = mannWhitney(...samplesWithU(a, b, critical));
    const outside = mannWhitney(...samplesWithU(a, b, critical + 1));
    expect(inside).toMatchObject({ u: critical, method: 'exact' });
    expect(inside.p).toBeLessThanOrEqual(0.05);
    expect(outside.p).toBeGreaterThan(0.05);
  });

  // Critical values of the signed-rank sum, two-sided 0.05: Wilcoxon 1945; Siegel 1956, table G.
  it.each([
    [6, 0],
    [8, 3],
    [10, 8],
    [15, 25],
    [20, 52],
    [25, 89],
  ])('wilcoxonSignedRank of %i differences has the critical value %i', (n, critical) => {
    const inside = wilcoxonSignedRank(differencesWithV(n, critical));
    const outside = wilcoxonSignedRank(differencesWithV(n, critical + 1));
    expect(inside).toMatchObject({ v: critical, method: 'exact' });
    expect(inside.p).toBeLessThanOrEqual(0.05);
    expect(outside.p).toBeGreaterThan(0.05);
  });

  // Two-sided 5 %, 1 %, 0.1 % points: Abramowitz and Stegun, table 26.6; 6 sigma: 1.97e-9.
  it.each([
    [1.959964, 0.05],
    [2.575829, 0.01],
    [3.290527, 0.001],
    [6, 1.973175e-9],
  ])('twoSidedNormal of %f is %f', (z, p) => {
    expect(twoSidedNormal(z) / p).toBeCloseTo(1, 5);
  });
});

describe('published examples', () => {
  it('wilcoxonSignedRank gives what Hollander and Wolfe 1973 (p. 29) give for depression scores', () => {
    const first = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
    const second = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
    const { v, p } = wilcoxonSignedRank(first.map((value, at) => value - (second[at] ?? 0)));
    expect(v).toBe(40);
    expect(p).toBeCloseTo(2 * 0.01953125, 10);
  });

  it('mannWhitney gives what Hollander and Wolfe 1973 (p. 69) give for permeability', () => {
    const term = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const early = [1.15, 0.88, 0.9, 0.74, 1.21];
    const { u, p } = mannWhitney(term, early);
    expect(u).toBe(35);
    expect(p / 2).toBeCloseTo(0.1272, 4);
  });

  it('mannWhitney gives what R documents for ozone in May and August, which have ties', () => {
    // datasets::airquality, ?wilcox.test: W = 127.5, p = 0.0001208.
    const may = [
      41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45,
      115, 37,
    ];
    const august = [
      39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168, 73, 76,
      118, 84, 85,
    ];
    const { u, p, method } = mannWhitney(may, august);
    expect({ u, method }).toEqual({ u: 127.5, method: 'normal' });
    expect(p).toBeCloseTo(0.0001208, 7);
  });

  it('signTest gives what Zar 1999 gives for the legs of deer: 8 of 10', () => {
    expect(signTest([4, 4, -3, 4, 5, 2, 3, 1, 2, -3])).toBeCloseTo(0.109375, 10);
  });

  it('adjustHolm gives what R documents for p.adjust', () => {
    const adjusted = adjustHolm([0.01, 0.04, 0.03, 0.005]);
    [0.03, 0.06, 0.06, 0.02].forEach((p, at) => {
      expect(adjusted[at]).toBeCloseTo(p, 12);
    });
  });

  it('quantile is type 7 of Hyndman and Fan 1996, as in R and NumPy', () => {
    expect(quantile(upTo(10), 0.25)).toBeCloseTo(3.25, 12);
    expect(quantile(upTo(9), 0.9)).toBeCloseTo(8.2, 12);
  });

  it('median, MAD and geometric mean of small samples', () => {
    expect(median([3, 1, 2, 10])).toBe(2.5);
    expect(medianAbsoluteDeviation([1, 1, 2, 2, 4, 6, 9])).toBe(1);
    // Fleming and Wallace 1986: ratios of A to B.
    expect(geometricMean([0.5, 2, 8])).toBeCloseTo(2, 12);
    expect(geometricMean([])).toBeNaN();
  });
});
