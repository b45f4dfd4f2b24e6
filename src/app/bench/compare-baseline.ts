import type { BenchComparison, BenchMetric, BenchWarning, LaneInfo } from '../../core/index.ts';
import { chunkSamples, compareSeriesTo, type BenchSeries } from '../../bench/index.ts';
import type { Baseline, BaselineLane } from './read-baseline.ts';

/** Facts without which figures are of another thing. */
const ESSENTIAL = ['qemu', 'cpu'] as const;
/** Instructions do not depend on the machine that emulates. */
const OF_THE_HOST = new Set(['kernel', 'hostCpu', 'machine', 'qemuPath']);

export interface BaselineVerdict {
  readonly comparisons: ReadonlyMap<string, readonly BenchComparison[]>;
  readonly warnings: readonly BenchWarning[];
}

export interface BaselineOptions {
  readonly lanes: readonly LaneInfo[];
  readonly seed: number;
  /** Compare in spite of another lane, platform or QEMU. */
  readonly anyLane: boolean;
}

const said = (value: string | undefined): string => value ?? 'none';

function listChanges(
  before: BaselineLane,
  now: LaneInfo,
): { essential: string[]; other: string[] } {
  const essential: string[] = [];
  const other: string[] = [];
  if (before.kind !== now.kind) essential.push(`kind ${before.kind} → ${now.kind}`);
  if (before.platform !== now.platform)
    essential.push(`platform ${before.platform} → ${now.platform}`);
  const names = new Set([...Object.keys(before.fingerprint), ...Object.keys(now.fingerprint)]);
  for (const name of names) {
    const from = before.fingerprint[name];
    const to = now.fingerprint[name];
    if (from === to) continue;
    const change = `${name} ${said(from)} → ${said(to)}`;
    const isEssential = ESSENTIAL.some((one) => one === name);
    (isEssential ? essential : other).push(change);
  }
  return { essential, other };
}

function laneWarnings(
  { file, lanes = [] }: Baseline,
  now: LaneInfo,
  { anyLane, metrics }: { readonly anyLane: boolean; readonly metrics: readonly BenchMetric[] },
): { readonly usable: boolean; readonly warnings: BenchWarning[] } {
  const before = lanes.find(({ id }) => id === now.id);
  if (before === undefined) return { usable: true, warnings: [] };
  const { essential, other } = listChanges(before, now);
  if (essential.length > 0 && !anyLane) {
    return {
      usable: false,
      warnings: [
        {
          code: 'BASELINE_OTHER_LANE',
          lane: now.id,
          message: `${now.id} is not compared with ${file}: it was another lane then (${essential.join(', ')})`,
          advice: 'Save a new baseline, or use --any-lane to compare all the same.',
        },
      ],
    };
  }
  const exact = metrics.every((metric) => metric === 'instructions');
  const changes = [...essential, ...other].filter(
    (change) => !exact || !OF_THE_HOST.has(change.split(' ')[0] ?? ''),
  );
  if (changes.length === 0) return { usable: true, warnings: [] };
  return {
    usable: true,
    warnings: [
      {
        code: 'BASELINE_CHANGED',
        lane: now.id,
        message: `since ${file} this changed on ${now.id}: ${changes.join(', ')}`,
        advice: 'A difference may come from that: save a new baseline on this machine.',
      },
    ],
  };
}

/** Compares the series of a run with those of an earlier one, lane by lane. */
export function compareWithBaseline(
  series: readonly BenchSeries[],
  baseline: Baseline,
  options: BaselineOptions,
): BaselineVerdict {
  const metrics = [...new Set(series.flatMap(({ bench }) => bench.metrics))];
  const warnings: BenchWarning[] = [];
  const usable = new Set<string>();
  for (const lane of options.lanes) {
    const found = laneWarnings(baseline, lane, { anyLane: options.anyLane, metrics });
    warnings.push(...found.warnings);
    if (found.usable) usable.add(lane.id);
  }
  const pairs = series.flatMap((own) => {
    const before = baseline.benchmarks.find(({ name }) => name === own.bench.name);
    return [...own.lanes].flatMap(([lane, measured], at) =>
      own.bench.metrics.flatMap((metric) => {
        // A file of hyperfine's is about the machine itself: the first lane.
        const then = before?.series.find(
          (one) => one.metric === metric && (one.lane === undefined ? at === 0 : one.lane === lane),
        );
        if (then === undefined || !usable.has(lane)) return [];
        return [
          { bench: own.bench.name, lane, metric, measured, base: chunkSamples(then.samples) },
        ];
      }),
    );
  });
  const comparisons = compareSeriesTo(pairs, { seed: options.seed, baseline: baseline.file });
  const missing = series.filter(
    ({ bench }) => !baseline.benchmarks.some(({ name }) => name === bench.name),
  );
  return {
    comparisons,
    warnings: [
      ...warnings,
      ...missing.map(({ bench }) => ({
        code: 'BASELINE_WITHOUT',
        message: `${baseline.file} has no benchmark "${bench.name}"`,
        advice: 'Save a new baseline, or name it as it was called then: -n NAME.',
      })),
    ],
  };
}

/** Comparisons with a baseline that are surely slower by more than a share: the whole interval is above it. */
export function findRegressions(
  comparisons: Iterable<BenchComparison>,
  failAbove: number,
): BenchComparison[] {
  return [...comparisons].filter(
    ({ baseline, ci95, verdict }) =>
      baseline !== undefined && verdict === 'slower' && ci95[0] > 1 + failAbove,
  );
}
