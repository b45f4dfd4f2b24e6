import { describe, expect, it } from 'vitest';
import { compareSeries, judgeComparison } from '../../../../src/judge/stats/compare-series.ts';
import { estimateNoiseFloor } from '../../../../src/judge/stats/noise-floor.ts';
import { seededRandom, type SeededRandom } from '../../../../src/judge/stats/seeded-random.ts';

/** Blocks of run times: a floor, a tail, and what all runs of a block share (another process). */
function drawSeries(random: SeededRandom, { scale = 1, shared = 0, blocks = 20 } = {}): number[][] {
  return Array.from({ length: blocks }, () => {
    const neighbours = random.next() < 0.3 ? shared * random.next() : 0;
    return Array.from(
      { length: 5 },
      () => scale * (10 + neighbours - 0.2 * Math.log(1 - random.next())),
    );
  });
}

function verdictOf(base: number[][], other: number[][], seed: number, paired: boolean): string {
  const comparison = compareSeries(base, other, { seed, paired, resamples: 400 });
  const floors = [base, other].map((series) => estimateNoiseFloor(series, seed) ?? 0);
  return judgeComparison(comparison, Math.max(...floors));
}

describe('compareSeries and judgeComparison', () => {
  it.each([
    ['within a lane', true],
    ['across lanes', false],
  ])(
    'find a difference between equal commands in at most 5 of 100 noisy trials, %s',
    (_, paired) => {
      const alarms = Array.from({ length: 100 }, (_item, seed) => {
        const random = seededRandom(seed, 9);
        const noisy = { shared: 8 };
        const verdict = verdictOf(
          drawSeries(random, noisy),
          drawSeries(random, noisy),
          seed,
          paired,
        );
        return verdict === 'faster' || verdict === 'slower';
      }).filter(Boolean).length;
      expect(alarms).toBeLessThanOrEqual(5);
    },
  );

  it('find 5 % on a quiet machine every time', () => {
    const verdicts = Array.from({ length: 30 }, (_, seed) => {
      const random = seededRandom(seed, 9);
      return verdictOf(drawSeries(random), drawSeries(random, { scale: 1.05 }), seed, false);
    });
    expect(new Set(verdicts)).toEqual(new Set(['slower']));
  });

  it('answer exactly where nothing varies', () => {
    const same = Array.from({ length: 6 }, () => [1000]);
    const more = Array.from({ length: 6 }, () => [1050]);
    const options = { seed: 1, paired: false };
    expect(compareSeries(same, same, options)).toEqual({ ratio: 1, ci95: [1, 1], p: 1 });
    expect(compareSeries(same, more, options)).toEqual({ ratio: 1.05, ci95: [1.05, 1.05], p: 0 });
    expect(judgeComparison(compareSeries(same, more, options), 0)).toBe('slower');
    expect(judgeComparison(compareSeries(more, same, options), 0)).toBe('faster');
    expect(judgeComparison(compareSeries(same, same, options), 0)).toBe('within-noise');
  });

  it('say nothing of few runs that vary much', () => {
    const options = { seed: 1, paired: false };
    const comparison = compareSeries([[10], [14], [11]], [[13], [16], [10]], options);
    expect(judgeComparison(comparison, 0)).toBe('inconclusive');
  });

  it('call a difference below the noise floor noise, however sure it is', () => {
    expect(judgeComparison({ ratio: 1.01, ci95: [1.008, 1.012], p: 1e-6 }, 0.03)).toBe(
      'within-noise',
    );
    expect(judgeComparison({ ratio: 1.01, ci95: [1.008, 1.012], p: 1e-6 }, 0.002)).toBe('slower');
  });
});
