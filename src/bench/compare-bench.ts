import type { BenchComparison, BenchMetric } from '../core/index.ts';
import {
  adjustHolm,
  compareSeries,
  judgeComparison,
  type Blocks,
  type SeriesComparison,
} from '../judge/index.ts';
import { countBlocks } from './plan-blocks.ts';
import { summariseBlocks, type BenchSeries, type LaneSeries } from './summarise-bench.ts';

/** Two series that may be compared. */
interface Pair {
  readonly bench: string;
  readonly metric: BenchMetric;
  readonly base: { readonly lane: string; readonly series: LaneSeries; readonly bench: string };
  readonly other: { readonly lane: string; readonly series: LaneSeries };
}

export interface CompareOptions {
  readonly seed: number;
  /** The first benchmark is the base of the others on the same lane. */
  readonly acrossBenchmarks: boolean;
  /** Whether a pair printed the same: what does other work is not compared. */
  readonly isComparable: (pair: {
    readonly base: { readonly bench: string; readonly lane: string };
    readonly other: { readonly bench: string; readonly lane: string };
  }) => boolean;
}

function pairsOf(all: readonly BenchSeries[], options: CompareOptions): Pair[] {
  const [first] = all;
  return all.flatMap((own): Pair[] => {
    const { name, metrics } = own.bench;
    const [base, ...others] = [...own.lanes];
    const across = others.flatMap(([lane, series]) =>
      base === undefined
        ? []
        : [{ base: { lane: base[0], series: base[1], bench: name }, other: { lane, series } }],
    );
    const between = [...own.lanes].flatMap(([lane, series]) => {
      const there = first?.lanes.get(lane);
      if (!options.acrossBenchmarks || first === undefined || first === own || there === undefined)
        return [];
      return [{ base: { lane, series: there, bench: first.bench.name }, other: { lane, series } }];
    });
    return [...across, ...between]
      .filter(({ base: from, other }) =>
        options.isComparable({ base: from, other: { bench: name, lane: other.lane } }),
      )
      .flatMap((pair) => metrics.map((metric) => ({ bench: name, metric, ...pair })));
  });
}

function comparePair({ base, other, metric }: Pair, seed: number): SeriesComparison | undefined {
  const from = base.series.blocks[metric];
  const to = other.series.blocks[metric];
  if (from === undefined || to === undefined) return undefined;
  const comparison = compareSeries(from, to, { seed, paired: base.lane === other.lane });
  // A time of 0 (the kernel counts in ticks) is no base for a ratio.
  return Number.isFinite(comparison.ratio) && comparison.ratio > 0 ? comparison : undefined;
}

/** The larger one of both series; without one nothing is known to be noise. */
function jointNoiseFloor(
  metric: BenchMetric,
  ...series: readonly Pick<LaneSeries, 'summaries'>[]
): number {
  return Math.max(0, ...series.map(({ summaries }) => summaries[metric]?.noiseFloor ?? 0));
}

/**
 * All comparisons of a run by the name of their benchmark: each lane with the first one, and where they are
 * alternatives each benchmark with the first one. p is adjusted over all of one metric (Holm).
 */
export function compareBenchmarks(
  all: readonly BenchSeries[],
  options: CompareOptions,
): ReadonlyMap<string, readonly BenchComparison[]> {
  const compared = pairsOf(all, options).flatMap((pair) => {
    const comparison = comparePair(pair, options.seed);
    return comparison === undefined ? [] : [{ pair, comparison }];
  });
  const results = new Map<string, BenchComparison[]>();
  for (const metric of new Set(compared.map(({ pair }) => pair.metric))) {
    const family = compared.filter(({ pair }) => pair.metric === metric);
    const adjusted = adjustHolm(family.map(({ comparison }) => comparison.p));
    family.forEach(({ pair, comparison }, at) => {
      const judged = { ...comparison, p: adjusted[at] ?? 1 };
      const floor = jointNoiseFloor(metric, pair.base.series, pair.other.series);
      const list = results.get(pair.bench) ?? [];
      list.push({
        metric,
        base: pair.base.lane,
        lane: pair.other.lane,
        ...(pair.base.bench === pair.bench ? {} : { baseBenchmark: pair.base.bench }),
        ...judged,
        verdict: judgeComparison(judged, floor),
      });
      results.set(pair.bench, list);
    });
  }
  return results;
}

/** Blocks of a series of which only the samples are known: as many as a run makes. */
export function chunkSamples(samples: readonly number[]): number[][] {
  const blocks = countBlocks([samples.length]);
  return Array.from({ length: blocks }, (_, at) =>
    samples.slice(
      Math.floor((at * samples.length) / blocks),
      Math.floor(((at + 1) * samples.length) / blocks),
    ),
  );
}

/** A series and what it was in an earlier run. */
interface BaselinePair {
  readonly bench: string;
  readonly lane: string;
  readonly metric: BenchMetric;
  readonly measured: LaneSeries;
  readonly base: Blocks;
}

/** Comparisons with an earlier run by the name of their benchmark; p adjusted over all (Holm). */
export function compareSeriesTo(
  pairs: readonly BaselinePair[],
  { seed, baseline }: { readonly seed: number; readonly baseline: string },
): ReadonlyMap<string, readonly BenchComparison[]> {
  const compared = pairs.flatMap((pair) => {
    const blocks = pair.measured.blocks[pair.metric];
    if (blocks === undefined) return [];
    const comparison = compareSeries(pair.base, blocks, { seed, paired: false });
    const usable = Number.isFinite(comparison.ratio) && comparison.ratio > 0;
    return usable ? [{ pair, comparison }] : [];
  });
  const adjusted = adjustHolm(compared.map(({ comparison }) => comparison.p));
  const results = new Map<string, BenchComparison[]>();
  compared.forEach(({ pair, comparison }, at) => {
    const { bench, base, lane, measured, metric } = pair;
    const judged = { ...comparison, p: adjusted[at] ?? 1 };
    const then = { summaries: { [metric]: summariseBlocks(base, seed) } };
    const list = results.get(bench) ?? [];
    list.push({
      metric,
      base: lane,
      lane,
      baseline,
      ...judged,
      verdict: judgeComparison(judged, jointNoiseFloor(metric, measured, then)),
    });
    results.set(bench, list);
  });
  return results;
}
