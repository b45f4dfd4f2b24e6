import type { BenchMean, BenchResult } from '../core/index.ts';
import { geometricMean } from '../judge/index.ts';

/**
 * How much slower one lane is than another, or than it was, over all benchmarks of a run. Benchmarks that are
 * alternatives of each other are left out, and so is what only one benchmark has.
 */
export function averageRatios(results: readonly BenchResult[]): BenchMean[] {
  const kinds = new Map<string, Omit<BenchMean, 'ratio' | 'benchmarks'> & { ratios: number[] }>();
  for (const { comparisons } of results) {
    for (const { base, baseBenchmark, baseline, lane, metric, ratio } of comparisons) {
      if (baseBenchmark !== undefined) continue;
      const key = JSON.stringify([metric, base, lane, baseline]);
      const kind = kinds.get(key) ?? {
        metric,
        base,
        lane,
        ...(baseline === undefined ? {} : { baseline }),
        ratios: [],
      };
      kind.ratios.push(ratio);
      kinds.set(key, kind);
    }
  }
  return [...kinds.values()]
    .filter(({ ratios }) => ratios.length > 1)
    .map(({ ratios, ...kind }) => ({
      ...kind,
      ratio: geometricMean(ratios),
      benchmarks: ratios.length,
    }));
}
