import {
  BENCH_METRICS,
  type BenchComparison,
  type BenchMean,
  type BenchMetric,
  type BenchResult,
  type LaneInfo,
  type MetricSummary,
} from '../../core/index.ts';
import { escapeControl } from '../escape-control.ts';
import type { Palette } from '../palette.ts';
import { formatComparison, formatMetric, formatRatio, metricWords } from './format-values.ts';

export interface BenchLineOptions {
  readonly palette: Palette;
  readonly lanes: ReadonlyMap<string, LaneInfo>;
  /** All metrics that were measured, not those alone that are compared. */
  readonly verbose: boolean;
}

/** Stands with every time that an emulator took part in. */
export const NOT_ARM =
  'emulated time is not ARM performance: it says what the emulator costs, and how that changes';

function summaryLine(metric: BenchMetric, summary: MetricSummary): string {
  const { ci95, mad, median, noiseFloor, samples } = summary;
  if (metric === 'instructions' && ci95[0] === ci95[1])
    return `${formatMetric(metric, median)}, the same in ${samples.length} of ${samples.length} runs`;
  const [low, high] = ci95;
  const noise = noiseFloor === undefined ? '' : `, noise ± ${(100 * noiseFloor).toPrecision(2)} %`;
  return `${formatMetric(metric, median)} ± ${formatMetric(metric, mad)} [${formatMetric(metric, low)}, ${formatMetric(metric, high)}], n=${samples.length}${noise}`;
}

/** Wall time unless something else was compared; everything with `verbose`. */
export function shownMetrics(result: BenchResult, verbose: boolean): ReadonlySet<BenchMetric> {
  if (verbose) return new Set(BENCH_METRICS);
  return new Set(['wallMs', 'instructions', ...result.comparisons.map(({ metric }) => metric)]);
}

/** How many runs of its lane a comparison is made of. */
export function samplesOf(result: BenchResult, { lane, metric }: BenchComparison): number {
  return result.lanes[lane]?.[metric]?.samples.length ?? 0;
}

/** Whether a processor that QEMU emulates was timed. */
export function isBorrowed(
  { lanes: measured }: BenchResult,
  lanes: ReadonlyMap<string, LaneInfo>,
): boolean {
  return Object.entries(measured).some(
    ([id, metrics]) => metrics.wallMs !== undefined && lanes.get(id)?.referee.cpu === 'tcg',
  );
}

function paintVerdict({ baseline, verdict }: BenchComparison, palette: Palette) {
  if (baseline === undefined) return palette.bold;
  if (verdict === 'slower') return palette.label('diverged');
  return verdict === 'faster' ? palette.label('ok') : palette.bold;
}

/** A benchmark for people: each lane's figures, the comparisons, the warnings with their advice. */
export function formatBenchResult(result: BenchResult, options: BenchLineOptions): string {
  const { lanes, palette, verbose } = options;
  const shown = shownMetrics(result, verbose);
  const width = Math.max(0, ...Object.keys(result.lanes).map((id) => id.length));
  const figures = Object.entries(result.lanes).flatMap(([id, metrics]) =>
    BENCH_METRICS.filter((metric) => shown.has(metric)).flatMap((metric) => {
      const summary = metrics[metric];
      if (summary === undefined) return [];
      const what = metric === 'wallMs' || metric === 'instructions' ? '' : `${metric}  `;
      return [`  ${escapeControl(id).padEnd(width)}  ${what}${summaryLine(metric, summary)}`];
    }),
  );
  const compared = result.comparisons.map((comparison) => {
    const line = formatComparison(comparison, samplesOf(result, comparison), result.name);
    return `  ${paintVerdict(comparison, palette)(escapeControl(line))}`;
  });
  const warnings = result.warnings.flatMap(({ message, advice }) => [
    `  ${palette.warning('warning')}: ${escapeControl(message)}`,
    `    → ${escapeControl(advice)}`,
  ]);
  const lines = [
    palette.bold(escapeControl(result.name)),
    ...figures,
    ...compared,
    ...(isBorrowed(result, lanes) ? [`  ${palette.dim(NOT_ARM)}`] : []),
    ...warnings,
  ];
  return `\n${lines.join('\n')}\n`;
}

/** One line for each mean over all benchmarks; empty without any. */
export function formatMeans(means: readonly BenchMean[]): string {
  if (means.length === 0) return '';
  const lines = means.map(({ base, baseline, benchmarks, lane, metric, ratio }) => {
    const what = metric === 'wallMs' ? '' : ` in ${metricWords(metric)}`;
    const right = baseline === undefined ? base : 'its baseline';
    return `  ${escapeControl(lane)} ${formatRatio(ratio)} × ${escapeControl(right)}${what}, geometric mean of ${benchmarks} benchmarks\n`;
  });
  return `\nall\n${lines.join('')}`;
}
