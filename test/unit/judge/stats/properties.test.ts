import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { medianInterval, ratioInterval } from '../../../../src/judge/stats/bootstrap.ts';
import { adjustHolm } from '../../../../src/judge/stats/holm.ts';
import { mannWhitney } from '../../../../src/judge/stats/mann-whitney.ts';
import { estimateNoiseFloor } from '../../../../src/judge/stats/noise-floor.ts';
import { twoSidedNormal } from '../../../../src/judge/stats/normal.ts';
import { geometricMean, median } from '../../../../src/judge/stats/order.ts';
import { findFirstRunEffect, findOutliers } from '../../../../src/judge/stats/outliers.ts';
import { signTest, wilcoxonSignedRank } from '../../../../src/judge/stats/paired-tests.ts';
import { chooseSeed, seededRandom } from '../../../../src/judge/stats/seeded-random.ts';
import { detectDrift } from '../../../../src/judge/stats/trend.ts';

const value = fc.double({ min: 0.01, max: 1e6, noNaN: true });
const sample = fc.array(value, { minLength: 1, maxLength: 30 });
const blocks = fc.array(fc.array(value, { minLength: 1, maxLength: 5 }), {
  minLength: 1,
  maxLength: 12,
});
const seed = fc.integer();

describe('tests', () => {
  it('p lies between 0 and 1 and does not depend on which sample comes first', () => {
    fc.assert(
      fc.property(sample, sample, (first, second) => {
        const there = mannWhitney(first, second);
        const back = mannWhitney(second, first);
        expect(there.p).toBeGreaterThanOrEqual(0);
        expect(there.p).toBeLessThanOrEqual(1);
        expect(back.p).toBeCloseTo(there.p, 10);
        expect(there.u + back.u).toBeCloseTo(first.length * second.length, 6);
      }),
    );
  });

  it('the exact p of Mann-Whitney is near that of the normal approximation', () => {
    fc.assert(
      fc.property(fc.uniqueArray(value, { minLength: 40, maxLength: 50 }), (values) => {
        const half = values.length >> 1;
        const { u, p, method } = mannWhitney(values.slice(0, half), values.slice(half));
        const pairs = half * (values.length - half);
        const z = (Math.abs(u - pairs / 2) - 0.5) / Math.sqrt((pairs * (values.length + 1)) / 12);
        expect(method).toBe('exact');
        expect(Math.abs(p - twoSidedNormal(Math.max(0, z)))).toBeLessThan(0.01);
      }),
    );
  });

  it('paired tests do not change when all differences change sign', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 40 }), (differences) => {
        const turned = differences.map((difference) => -difference);
        expect(wilcoxonSignedRank(turned).p).toBeCloseTo(wilcoxonSignedRank(differences).p, 10);
        expect(signTest(turned)).toBeCloseTo(signTest(differences), 10);
        expect(signTest(differences)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('Holm keeps the order, and never makes a p smaller', () => {
    const p = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(p, { maxLength: 20 }), (ps) => {
        const adjusted = adjustHolm(ps);
        ps.forEach((before, at) => {
          const after = adjusted[at] ?? Number.NaN;
          expect(after).toBeGreaterThanOrEqual(before);
          expect(after).toBeLessThanOrEqual(1);
          ps.forEach((other, index) => {
            if (other <= before) expect(adjusted[index] ?? 2).toBeLessThanOrEqual(after);
          });
        });
      }),
    );
  });
});

describe('bootstrap', () => {
  const quick = { resamples: 100 };

  it('gives the same interval for the same seed', () => {
    fc.assert(
      fc.property(blocks, blocks, seed, (base, other, number) => {
        const options = { ...quick, seed: number };
        expect(ratioInterval(base, other, options)).toEqual(ratioInterval(base, other, options));
      }),
      { numRuns: 30 },
    );
  });

  it('stays within what was measured, and contains no more than the extremes allow', () => {
    fc.assert(
      fc.property(blocks, seed, (series, number) => {
        const [low, high] = medianInterval(series, { ...quick, seed: number });
        const all = series.flat();
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(Math.min(...all));
        expect(high).toBeLessThanOrEqual(Math.max(...all));
      }),
      { numRuns: 50 },
    );
  });

  it('follows a change of unit', () => {
    fc.assert(
      fc.property(blocks, blocks, seed, (base, other, number) => {
        const options = { ...quick, seed: number };
        const scaled = other.map((block) => block.map((item) => item * 4));
        const [low, high] = ratioInterval(base, other, options);
        const after = ratioInterval(base, scaled, options);
        expect(after[0] / low).toBeCloseTo(4, 6);
        expect(after[1] / high).toBeCloseTo(4, 6);
      }),
      { numRuns: 30 },
    );
  });

  it('is exact where nothing varies', () => {
    const options = { seed: 1 };
    expect(ratioInterval([[4], [4, 4]], [[6]], options)).toEqual([1.5, 1.5]);
    expect(ratioInterval([[0]], [[0]], options)).toEqual([1, 1]);
  });

  it('covers the true ratio about as often as it says', () => {
    const random = seededRandom(7);
    // Skewed, as run times are: a floor and an exponential tail.
    const draw = (): number[][] =>
      Array.from({ length: 25 }, () => [10 - 2 * Math.log(1 - random.next())]);
    const hits = Array.from({ length: 200 }, (_, at) => {
      const [low, high] = ratioInterval(draw(), draw(), { seed: at, resamples: 300 });
      return low <= 1 && 1 <= high;
    });
    const covered = hits.filter(Boolean).length;
    expect(covered).toBeGreaterThanOrEqual(180);
  });
});

describe('control, outliers, first run, drift', () => {
  it('a command that does not vary has no noise, and few blocks say nothing', () => {
    const still = Array.from({ length: 8 }, () => [5, 5]);
    expect(estimateNoiseFloor(still, 1)).toBe(0);
    expect(estimateNoiseFloor(still.slice(0, 3), 1)).toBeUndefined();
  });

  it('the noise floor grows with the noise', () => {
    const random = seededRandom(3);
    const noise = Array.from({ length: 30 }, () => random.next());
    const small = estimateNoiseFloor(
      noise.map((item) => [100 + item]),
      1,
    );
    const large = estimateNoiseFloor(
      noise.map((item) => [100 + 20 * item]),
      1,
    );
    expect(large ?? 0).toBeGreaterThan(5 * (small ?? 1));
  });

  it('names outliers by their place', () => {
    expect(findOutliers([10, 11, 10, 12, 90, 11, 10])).toEqual([4]);
    expect(findOutliers([5, 5, 5, 5, 6])).toEqual([4]);
    expect(findOutliers([])).toEqual([]);
  });

  it('sees a first run that is slower than the others', () => {
    expect(findFirstRunEffect([30, 10, 11, 10, 11])).toBeCloseTo(30 / 10.5, 10);
    expect(findFirstRunEffect([11, 10, 11, 10, 11])).toBeUndefined();
    expect(findFirstRunEffect([30, 10])).toBeUndefined();
  });

  it('sees a drift and its size, and none where there is none', () => {
    const rising = detectDrift(Array.from({ length: 400 }, (_, at) => 100 + at / 40));
    expect(rising.p).toBeLessThan(1e-6);
    expect(rising.change).toBeCloseTo(0.095, 2);
    const random = seededRandom(5);
    const level = detectDrift(Array.from({ length: 100 }, () => 100 + random.next()));
    expect(level.p).toBeGreaterThan(0.05);
    expect(detectDrift([3, 3, 3, 3])).toEqual({ change: 0, p: 1 });
  });

  it('the geometric mean of ratios is the inverse of that of the inverses', () => {
    fc.assert(
      fc.property(sample, (ratios) => {
        const inverse = geometricMean(ratios.map((ratio) => 1 / ratio));
        expect(geometricMean(ratios) * inverse).toBeCloseTo(1, 8);
      }),
    );
  });
});

describe('seeded random', () => {
  it('is uniform enough, and another for another seed or stream', () => {
    const draws = (seedValue: number, stream?: number): number[] => {
      const random = seededRandom(seedValue, stream);
      return Array.from({ length: 2000 }, () => random.next());
    };
    expect(draws(1)).toEqual(draws(1));
    expect(draws(1)).not.toEqual(draws(2));
    expect(draws(1)).not.toEqual(draws(1, 1));
    expect(median(draws(42))).toBeGreaterThan(0.45);
    expect(median(draws(42))).toBeLessThan(0.55);
    expect(chooseSeed(() => 0.5)).toBe(2 ** 30);
  });

  it('shuffles into every order about equally often', () => {
    const random = seededRandom(11);
    const seen = new Map<string, number>();
    for (let round = 0; round < 6000; round += 1) {
      const order = random.shuffle(['a', 'b', 'c']).join('');
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
    expect(Math.min(...seen.values())).toBeGreaterThan(900);
  });
});
