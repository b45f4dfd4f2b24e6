import type { BenchDefinition, BenchResult, BenchWarning } from '../core/index.ts';
import { compareBenchmarks } from './compare-bench.ts';
import { OutputCheck } from './compare-outputs.ts';
import { findWarnings } from './find-warnings.ts';
import type { BenchRun } from './run-bench.ts';
import { collectSeries, lanesOf, type BenchSeries } from './summarise-bench.ts';

export interface JudgeBenchOptions {
  readonly benchmarks: readonly BenchDefinition[];
  /** Ids in the order they were asked for. */
  readonly lanes: readonly string[];
  readonly seed: number;
  readonly acrossBenchmarks: boolean;
  /** Compare times of commands that do not print the same. */
  readonly anyOutput: boolean;
}

function outputWarnings(
  check: OutputCheck,
  series: BenchSeries,
  { acrossBenchmarks, benchmarks }: JudgeBenchOptions,
): BenchWarning[] {
  const { name } = series.bench;
  const [base, ...others] = [...series.lanes.keys()];
  if (base === undefined) return [];
  const first = benchmarks[0]?.name ?? name;
  const pairs = [
    ...others.map(
      (lane) =>
        [
          { bench: name, lane: base },
          { bench: name, lane },
        ] as const,
    ),
    ...(acrossBenchmarks && first !== name
      ? [
          [
            { bench: first, lane: base },
            { bench: name, lane: base },
          ] as const,
        ]
      : []),
  ];
  return pairs.flatMap(([from, to]) => check.warn(from, to) ?? []);
}

/** Figures, comparisons and warnings of what a run measured. */
export function judgeBench(
  run: BenchRun,
  options: JudgeBenchOptions,
): { readonly results: readonly BenchResult[]; readonly series: readonly BenchSeries[] } {
  const series = collectSeries(run.log.samples, options);
  const check = new OutputCheck(options.anyOutput ? [] : run.looked);
  const comparisons = compareBenchmarks(series, {
    ...options,
    isComparable: ({ base, other }) => check.findDifference(base, other) === undefined,
  });
  const troubles = options.lanes.map((lane) => {
    const ownCostMs = run.ownCost.get(lane);
    return { lane, ...(ownCostMs === undefined ? {} : { ownCostMs }) };
  });
  const results = series.map((own): BenchResult => ({
    name: own.bench.name,
    lanes: lanesOf(own),
    comparisons: comparisons.get(own.bench.name) ?? [],
    warnings: [
      ...run.failed
        .filter(({ bench }) => bench === own.bench.name)
        .map(({ lane, message }) => ({
          code: 'NOT_MEASURED',
          lane,
          message: `measuring on ${lane} ended: ${message}`,
          advice:
            'See what it says there: archparity run; --ignore-failure allows other ends than 0.',
        })),
      ...outputWarnings(check, own, options),
      ...findWarnings(own, troubles),
      ...run.warnings,
    ],
  }));
  return { results, series };
}
