import type { BenchMetric, MetricSummary } from '../../core/index.ts';
import type { BenchReport } from './bench-json.ts';
import { formatMetric, formatRatio } from './format-values.ts';

/** One benchmark on one lane, as every table has it. */
interface Row {
  readonly name: string;
  readonly lane: string;
  readonly metrics: Readonly<Partial<Record<BenchMetric, MetricSummary>>>;
  readonly ratio?: { readonly value: number; readonly low: number; readonly high: number };
}

function rowsOf({ benchmarks }: BenchReport): Row[] {
  return benchmarks.flatMap((result) =>
    Object.entries(result.lanes).map(([lane, metrics]): Row => {
      const own = result.comparisons.find(
        (one) => one.lane === lane && one.metric === 'wallMs' && one.baseline === undefined,
      );
      return {
        name: result.name,
        lane,
        metrics,
        ...(own === undefined
          ? {}
          : { ratio: { value: own.ratio, low: own.ci95[0], high: own.ci95[1] } }),
      };
    }),
  );
}

/** The name of a row where there are several lanes. */
function label({ benchmarks }: BenchReport, { name, lane }: Row): string {
  const several = benchmarks.some((result) => Object.keys(result.lanes).length > 1);
  return several ? `${name} [${lane}]` : name;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function deviation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/**
 * hyperfine's JSON (`--export-json`): `results` with times in seconds, which its scripts read. `lane` is
 * ours, and they pass over it.
 */
export function toHyperfineJson(report: BenchReport): string {
  const results = rowsOf(report).flatMap((row) => {
    const { wallMs, userMs, sysMs } = row.metrics;
    if (wallMs === undefined) return [];
    const times = wallMs.samples.map((value) => value / 1000);
    return [
      {
        command: label(report, row),
        mean: mean(times),
        stddev: deviation(times),
        median: wallMs.median / 1000,
        user: mean(userMs?.samples ?? [0]) / 1000,
        system: mean(sysMs?.samples ?? [0]) / 1000,
        min: Math.min(...times),
        max: Math.max(...times),
        times,
        exit_codes: times.map(() => 0),
        lane: row.lane,
      },
    ];
  });
  return `${JSON.stringify({ results }, null, 2)}\n`;
}

/** A CSV field (RFC 4180). */
function csvField(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One line for each benchmark, lane and metric. */
export function toCsv(report: BenchReport): string {
  const head = [
    'benchmark',
    'lane',
    'metric',
    'runs',
    'median',
    'mad',
    'ci95_low',
    'ci95_high',
    'min',
    'max',
  ];
  const lines = rowsOf(report).flatMap(({ name, lane, metrics }) =>
    Object.entries(metrics).map(([metric, { samples, median, mad, ci95 }]) => [
      ...[name, lane, metric, samples.length, median, mad, ...ci95],
      ...[Math.min(...samples), Math.max(...samples)],
    ]),
  );
  return [head, ...lines].map((line) => `${line.map(csvField).join(',')}\n`).join('');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** A table for a pull request. */
export function toMarkdown(report: BenchReport): string {
  const lines = rowsOf(report).map(({ name, lane, metrics, ratio }) => {
    const { wallMs, instructions } = metrics;
    const time =
      wallMs === undefined
        ? ''
        : `${formatMetric('wallMs', wallMs.median)} ± ${formatMetric('wallMs', wallMs.mad)}`;
    const relative =
      ratio === undefined
        ? ''
        : `${formatRatio(ratio.value)} [${formatRatio(ratio.low)}, ${formatRatio(ratio.high)}]`;
    const count = instructions === undefined ? '' : instructions.median.toLocaleString('en');
    const n = (wallMs ?? instructions)?.samples.length ?? 0;
    return `| ${[cell(`\`${name}\``), lane, time, relative, count, String(n)].join(' | ')} |\n`;
  });
  return `| Benchmark | Lane | Median ± MAD | Relative | Instructions | Runs |\n| :-- | :-- | --: | --: | --: | --: |\n${lines.join('')}`;
}

/** Go's benchmark format (golang.org/design/14313-benchmark-format): benchstat reads it. */
export function toGoBench(report: BenchReport): string {
  const head = [
    `pkg: archparity`,
    ...report.lanes.map(({ id, platform }) => `lane-${id}: ${platform}`),
  ];
  const lines = rowsOf(report).flatMap((row) => {
    // A name has no space, and begins with Benchmark and an upper-case letter.
    const words = `${row.name}/lane=${row.lane}`.replace(/\s+/g, '_');
    const name = `Benchmark${words.charAt(0).toUpperCase()}${words.slice(1)}`;
    const { wallMs, userMs, sysMs, maxRssKb, instructions } = row.metrics;
    const timed = (wallMs?.samples ?? []).map((wall, at) =>
      [
        `${name} 1 ${Math.round(wall * 1e6)} ns/op`,
        ...(userMs === undefined
          ? []
          : [`${Math.round((userMs.samples[at] ?? 0) * 1e6)} user-ns/op`]),
        ...(sysMs === undefined ? [] : [`${Math.round((sysMs.samples[at] ?? 0) * 1e6)} sys-ns/op`]),
        ...(maxRssKb === undefined ? [] : [`${(maxRssKb.samples[at] ?? 0) * 1024} peak-RSS-bytes`]),
      ].join(' '),
    );
    const counted = (instructions?.samples ?? []).map(
      (count) => `${name} 1 ${count} instructions/op`,
    );
    return [...timed, ...counted];
  });
  return `${[...head, '', ...lines].join('\n')}\n`;
}

/** What github-action-benchmark calls `customSmallerIsBetter`. */
export function toSmallerIsBetter(report: BenchReport): string {
  const entries = rowsOf(report).flatMap((row) =>
    (['wallMs', 'instructions'] as const).flatMap((metric) => {
      const summary = row.metrics[metric];
      if (summary === undefined) return [];
      const unit = metric === 'wallMs' ? 'ms' : 'instructions';
      return [
        {
          name: metric === 'wallMs' ? label(report, row) : `${label(report, row)} instructions`,
          unit,
          value: summary.median,
          range: `± ${formatMetric(metric, summary.mad)}`,
          extra: `n=${summary.samples.length}`,
        },
      ];
    }),
  );
  return `${JSON.stringify(entries, null, 2)}\n`;
}
