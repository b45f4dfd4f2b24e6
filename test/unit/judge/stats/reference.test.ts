import { describe, expect, it } from 'vitest';
import { medianInterval, ratioInterval } from '../../../../src/judge/stats/bootstrap.ts';
import { compareSeries, judgeComparison } from '../../../../src/judge/stats/compare-series.ts';
import { mannWhitney } from '../../../../src/judge/stats/mann-whitney.ts';
import { estimateNoiseFloor } from '../../../../src/judge/stats/noise-floor.ts';
import { twoSidedNormal } from '../../../../src/judge/stats/normal.ts';
import { geometricMean, median, quantile } from '../../../../src/judge/stats/order.ts';
import { findFirstRunEffect, findOutliers } from '../../../../src/judge/stats/outliers.ts';
import { wilcoxonSignedRank } from '../../../../src/judge/stats/paired-tests.ts';
import { seededRandom } from '../../../../src/judge/stats/seeded-random.ts';
import { detectDrift } from '../../../../src/judge/stats/trend.ts';

const times = (count: number, make: (index: number) => number): number[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** By SciPy 1.17 (mannwhitneyu, wilcoxon, norm.sf, theilslopes). */
describe('what SciPy gives', () => {
  it('mannWhitney of few values with ties is normal', () => {
    const { u, p, method } = mannWhitney(
      [3, 5, 5, 7, 8, 9, 12, 12, 13, 20],
      [1, 2, 5, 6, 8, 8, 9, 10, 11, 12],
    );
    expect({ u, method }).toEqual({ u: 61.5, method: 'normal' });
    expect(p).toBeCloseTo(0.40337113061727947, 12);
  });

  it('mannWhitney of more than 50 values is normal, of 50 exact', () => {
    const many = mannWhitney(
      times(27, (i) => 2 * i),
      times(26, (i) => 2 * i + 15),
    );
    expect(many).toMatchObject({ u: 190, method: 'normal' });
    expect(many.p).toBeCloseTo(0.004295305785289474, 12);
    const fifty = mannWhitney(
      times(25, (i) => 2 * i),
      times(25, (i) => 2 * i + 7.5),
    );
    expect(fifty).toMatchObject({ u: 231, method: 'exact' });
    expect(fifty.p).toBeCloseTo(0.11663881126432638, 12);
  });

  it('wilcoxonSignedRank with ties is normal, and leaves zeros out', () => {
    const { v, p, method } = wilcoxonSignedRank([1, -2, 2, 3, -3, 4, 5, 5, -1, 6, 7, 0]);
    expect({ v, method }).toEqual({ v: 55.5, method: 'normal' });
    expect(p).toBeCloseTo(0.05000563560015015, 12);
  });

  it('wilcoxonSignedRank of more than 50 differences is normal, of 50 exact', () => {
    const signed = (count: number): number[] =>
      times(count, (i) => (i + 1) * ((i + 1) % 3 ? 1 : -1));
    expect(wilcoxonSignedRank(signed(55))).toMatchObject({ v: 1027, method: 'normal' });
    expect(wilcoxonSignedRank(signed(55)).p).toBeCloseTo(0.03162666260666213, 12);
    expect(wilcoxonSignedRank(signed(50))).toMatchObject({ v: 867, method: 'exact' });
    expect(wilcoxonSignedRank(signed(50)).p).toBeCloseTo(0.02616696817119646, 12);
  });

  it.each([
    [0, 1],
    [0.1, 0.920344325445942],
    [1, 0.31731050786291415],
    [2.5, 0.012419330651552265],
    [3.5, 0.00046525815807105003],
    [4, 6.334248366623973e-5],
    [8, 1.244192114854348e-15],
    [12, 3.552964224155306e-33],
  ])('twoSidedNormal of %f is %f', (z, p) => {
    expect(twoSidedNormal(z) / p).toBeCloseTo(1, 11);
    expect(twoSidedNormal(-z)).toBe(twoSidedNormal(z));
  });

  it.each([
    [[10, 12, 11, 13, 13, 15, 14, 17], 0.4935897435897436, 0.00609054605657881],
    [[5, 4, 4, 3, 3, 3, 2, 6, 1], -1.1047619047619046, 0.06889468690767259],
    [[1, 2, 3], 1, 0.2962698714842864],
  ])('detectDrift of %j', (values, change, p) => {
    const drift = detectDrift(values);
    expect(drift.change).toBeCloseTo(change, 12);
    expect(drift.p).toBeCloseTo(p, 12);
  });
});

describe('where there is too little', () => {
  it('no sample differs from an empty one', () => {
    const none = { u: 0, p: 1, method: 'exact' };
    expect(mannWhitney([], [1, 2])).toEqual(none);
    expect(mannWhitney([1, 2], [])).toEqual(none);
    expect(mannWhitney([3, 3], [3])).toEqual({ u: 1, p: 1, method: 'normal' });
    expect(wilcoxonSignedRank([0, 0])).toEqual({ v: 0, p: 1, method: 'exact' });
  });

  it('two values are no drift, nor is anything around 0', () => {
    expect(detectDrift([1, 9])).toEqual({ change: 0, p: 1 });
    expect(detectDrift([-1, 0, 1])).toEqual({ change: 0, p: 1 });
  });

  it('a long series is looked at in 200 pieces', () => {
    // Of 400 values the pieces are pairs: what alternates within a pair is gone.
    expect(detectDrift(times(400, (i) => 10 + (i % 2)))).toEqual({ change: 0, p: 1 });
    expect(detectDrift(times(200, (i) => 10 + (i % 2))).p).toBeLessThan(1);
  });

  it('nothing has no quantile, and a ratio of 0 no geometric mean', () => {
    expect(median([])).toBeNaN();
    expect(quantile([7], 0.3)).toBe(7);
    expect(quantile([1, 2], -1)).toBe(1);
    expect(quantile([1, 2], 2)).toBe(2);
    expect(quantile([Infinity, Infinity], 0.5)).toBe(Infinity);
    expect(geometricMean([2, 0])).toBeNaN();
    expect(geometricMean([2, -2, 8])).toBeNaN();
  });
});

describe('bootstrap', () => {
  it('of one block is its median, whatever its order', () => {
    const random = seededRandom(17);
    for (let length = 1; length <= 40; length += 1) {
      const block = times(length, () => random.below(15));
      const [low, high] = medianInterval([block], { seed: length, resamples: 3 });
      expect([low, high], JSON.stringify(block)).toEqual([median(block), median(block)]);
    }
  });

  it('of two blocks finds the share that each median has: 1/4, 1/2, 1/4', () => {
    expect(medianInterval([[1], [2]], { seed: 1 })).toEqual([1, 2]);
    expect(medianInterval([[1], [2]], { seed: 1, confidence: 0.4 })).toEqual([1.5, 1.5]);
    expect(medianInterval([[1], [2]], { seed: 1, confidence: 0.6 })).toEqual([1, 2]);
  });

  it('of a ratio divides the other by the base', () => {
    const options = { seed: 1, confidence: 0.4 };
    expect(ratioInterval([[2]], [[2], [4]], options)).toEqual([1.5, 1.5]);
    expect(ratioInterval([[2], [4]], [[6]], options)).toEqual([2, 2]);
    expect(ratioInterval([[2], [4]], [[6]], { seed: 1 })).toEqual([1.5, 3]);
  });

  it('takes a value that is always the same as it is', () => {
    expect(medianInterval([[3, 3], [3]], { seed: 1, resamples: 0 })).toEqual([3, 3]);
    expect(
      medianInterval(
        [
          [3, 4],
          [3, 3],
        ],
        { seed: 1 },
      ),
    ).toEqual([3, 3.5]);
    expect(medianInterval([], { seed: 1, resamples: 2 })).toEqual([Number.NaN, Number.NaN]);
  });
});

describe('compareSeries', () => {
  const base = [[10, 12], [11], [13], [12, 16], [15], [14.5]];
  const other = [[11], [12.5, 13], [13.25], [17], [15.75], [16]];

  it('compares medians of blocks, by pairs within a lane and as samples across lanes', () => {
    const medians = (blocks: readonly number[][]): number[] => blocks.map(median);
    const logs = medians(base).map((value, at) => Math.log(median(other[at] ?? []) / value));
    const within = compareSeries(base, other, { seed: 1, paired: true, resamples: 50 });
    const across = compareSeries(base, other, { seed: 1, paired: false, resamples: 50 });
    expect(within.p).toBe(wilcoxonSignedRank(logs).p);
    expect(across.p).toBe(mannWhitney(medians(base), medians(other)).p);
    expect(within.p).not.toBe(across.p);
    expect(within.ratio).toBeCloseTo(median(other.flat()) / median(base.flat()), 12);
  });

  it('leaves out blocks that are empty or have none beside them', () => {
    const options = { seed: 1, paired: true, resamples: 50 };
    const whole = compareSeries(base.slice(0, 4), other.slice(0, 4), options);
    const gaps = compareSeries(
      [...base.slice(0, 4), [], [14.5]],
      [...other.slice(0, 4), [15], []],
      options,
    );
    expect(gaps.p).toBe(whole.p);
    expect(compareSeries(base.slice(0, 4), other.slice(0, 2), options).p).toBe(
      compareSeries(base.slice(0, 2), other.slice(0, 2), options).p,
    );
    const across = { ...options, paired: false };
    expect(compareSeries([...base, []], other, across).p).toBe(
      compareSeries(base, other, across).p,
    );
  });

  it('compares as samples what has no ratio', () => {
    const some = [[0], [1], [2], [3]];
    const more = [[5], [6], [7], [8]];
    const options = { seed: 1, paired: true, resamples: 50 };
    expect(compareSeries(some, more, options).p).toBe(mannWhitney([0, 1, 2, 3], [5, 6, 7, 8]).p);
    expect(compareSeries([[1], [2]], [[], []], options).p).toBe(1);
  });

  it('is exact only where neither varies', () => {
    const still = [[2], [2], [2]];
    const options = { seed: 1, paired: false, resamples: 50 };
    expect(compareSeries(still, [[4], [4]], options)).toEqual({ ratio: 2, ci95: [2, 2], p: 0 });
    expect(compareSeries(still, [[4], [5], [6]], options).p).toBeCloseTo(0.063, 2);
    expect(compareSeries([[0], [0]], [[0]], options)).toEqual({ ratio: 1, ci95: [1, 1], p: 1 });
  });
});

describe('judgeComparison', () => {
  it.each([
    ['slower', 1.1, [1.05, 1.2], 0.049, 0],
    ['faster', 0.9, [0.8, 0.95], 0.049, 0],
    // As likely by chance as the level is too likely.
    ['inconclusive', 1.1, [1.05, 1.2], 0.05, 0],
    // The interval reaches 1.
    ['inconclusive', 1.1, [1, 1.2], 0.01, 0],
    ['inconclusive', 0.9, [0.8, 1], 0.01, 0],
    // As large as the noise of the machine.
    ['within-noise', 1.25, [1.05, 1.5], 0.01, 0.25],
    ['slower', 1.26, [1.05, 1.5], 0.01, 0.25],
    ['within-noise', 0.8, [0.7, 0.9], 0.01, 0.25],
    // Nobody acts on 2 %, also on a machine without noise.
    ['within-noise', 1, [1 / 1.02, 1.02], 0.5, 0],
    ['inconclusive', 1, [0.98, 1.02], 0.5, 0],
    ['inconclusive', 1, [0.99, 1.021], 0.5, 0],
    ['within-noise', 1, [0.96, 1.05], 0.5, 0.05],
    ['inconclusive', 1, [0.95, 1.05], 0.5, 0.05],
  ] as const)(
    'says %s of %f in %j with p = %f and a noise floor of %f',
    (verdict, ratio, ci95, p, floor) => {
      expect(judgeComparison({ ratio, ci95, p }, floor)).toBe(verdict);
    },
  );
});

describe('noise floor, outliers, first run', () => {
  it('needs six blocks', () => {
    const blocks = [[1], [1], [1], [2], [2], [2]];
    // Whatever way they are dealt, one half has two or three of the 1s and the other of the 2s.
    expect(estimateNoiseFloor(blocks, 1)).toBeCloseTo(2 ** Math.SQRT1_2 - 1, 12);
    expect(estimateNoiseFloor(blocks.slice(1), 1)).toBeUndefined();
    expect(estimateNoiseFloor([[0], [0], [0], [1], [1], [1]], 1)).toBeUndefined();
    expect(estimateNoiseFloor([[0], [0], [0], [0], [0], [0]], 1)).toBe(0);
  });

  it('calls a value an outlier from ten standard deviations on', () => {
    expect(findOutliers([-1, 0, 1, -1, 1, 0, 14.826])).toEqual([]);
    expect(findOutliers([-1, 0, 1, -1, 1, 0, 14.9, -15])).toEqual([6, 7]);
  });

  it('calls a first run slow that is far from three others or more, and by more than 5 %', () => {
    expect(findFirstRunEffect([30, 10, 11, 10])).toBe(3);
    expect(findFirstRunEffect([])).toBeUndefined();
    // Far in deviations, near in time.
    expect(findFirstRunEffect([105, 100, 100, 100])).toBeUndefined();
    expect(findFirstRunEffect([105.1, 100, 100, 100])).toBeCloseTo(1.051, 12);
    // Far in time, near in deviations: 10 + 14.826 × 1.
    expect(findFirstRunEffect([24.8, 9, 10, 11])).toBeUndefined();
    expect(findFirstRunEffect([24.9, 9, 10, 11])).toBeCloseTo(2.49, 12);
    expect(findFirstRunEffect([1, 10, 10, 10])).toBeUndefined();
  });
});

/** By splitmix32 as its author gives it, written down apart (Python). */
it('seededRandom gives the same numbers on every machine', () => {
  const draw = (seed: number, stream?: number): number[] => {
    const random = seededRandom(seed, stream);
    return [random.next(), random.next()];
  };
  expect(draw(1)).toEqual([0.24264499777927995, 0.08217328181490302]);
  expect(draw(1, 2)).toEqual([0.09365309542044997, 0.6732162723783404]);
  expect(draw(-5)).toEqual([0.8077256227843463, 0.031380091328173876]);
});
