import {
  BENCH_METRICS,
  type BenchComparison,
  type BenchMetric,
  type BenchResult,
  type MetricSummary,
} from '../../core/index.ts';
import { samplesOf, shownMetrics } from '../bench/bench-lines.ts';
import {
  formatComparison,
  formatMetric,
  formatP,
  formatRatio,
  metricWords,
} from '../bench/format-values.ts';
import { drawAxis, makeScale } from './chart-scale.ts';
import { fragment, type Markup } from './markup.ts';
import { scrollable } from './page.ts';
import { drawRatio, isDrawable } from './ratio-chart.ts';
import { drawStrip } from './strip-chart.ts';

/** A figure for people, with the exact one for programs and for pasting. */
function figure(value: number, text: string): Markup {
  return fragment`<data value="${value}">${text}</data>`;
}

function metricValue(metric: BenchMetric, value: number): Markup {
  return figure(value, formatMetric(metric, value));
}

function interval(
  [low, high]: readonly [number, number],
  write: (value: number) => Markup,
): Markup {
  return fragment`[${write(low)}, ${write(high)}]`;
}

/** The lanes of a benchmark that have a metric. */
function lanesWith(result: BenchResult, metric: BenchMetric): (readonly [string, MetricSummary])[] {
  return Object.entries(result.lanes).flatMap(([lane, metrics]) => {
    const summary = metrics[metric];
    return summary === undefined ? [] : [[lane, summary] as const];
  });
}

function figureRow(metric: BenchMetric, lane: string, summary: MetricSummary): Markup {
  const { ci95, mad, median, noiseFloor, samples } = summary;
  const write = (value: number): Markup => metricValue(metric, value);
  const low = samples.reduce((least, value) => Math.min(least, value), Infinity);
  const high = samples.reduce((most, value) => Math.max(most, value), -Infinity);
  const noise =
    noiseFloor === undefined ? '' : figure(noiseFloor, `± ${(100 * noiseFloor).toPrecision(2)} %`);
  const columns = [
    write(median),
    write(mad),
    interval(ci95, write),
    noise,
    samples.length,
    write(low),
    write(high),
  ];
  const cells = columns.map((column) => fragment`<td class="number">${column}</td>`);
  return fragment`<tr data-lane="${lane}" data-metric="${metric}">
    <th scope="row">${lane}</th>
    <td>${metricWords(metric)}</td>
    ${cells}
  </tr> `;
}

/** Median, spread, interval and noise of each lane, for these metrics. */
export function figuresTable(
  result: BenchResult,
  metrics: readonly BenchMetric[],
  name: string,
): Markup {
  const rows = metrics.flatMap((metric) =>
    lanesWith(result, metric).map(([lane, summary]) => figureRow(metric, lane, summary)),
  );
  const heads = ['Median', 'MAD', '95 % interval', 'Noise', 'Runs', 'Least', 'Most'];
  return scrollable(
    name,
    fragment`<table class="figures">
      <thead>
        <tr>
          <th scope="col">Lane</th>
          <th scope="col">What</th>
          ${heads.map((head) => fragment`<th scope="col" class="number">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`,
  );
}

/** The distribution of every lane on one axis. */
export function stripTable(result: BenchResult, metric: BenchMetric): Markup {
  const lanes = lanesWith(result, metric);
  const scale = makeScale(
    lanes.flatMap(([, { ci95, samples }]) => [...samples, ...ci95]),
    'amount',
  );
  const write = (value: number): string => formatMetric(metric, value);
  const rows = lanes.map(([lane, summary]) => {
    const [low, high] = summary.ci95;
    const words = `${lane}: ${summary.samples.length} runs, median ${write(summary.median)}, interval ${write(low)} to ${write(high)}`;
    return fragment`<tr>
      <th scope="row">${lane}</th>
      <td class="plot">${drawStrip(summary, scale, words)}</td>
    </tr> `;
  });
  // Counts are long: their labels would lie on each other.
  const label =
    metric === 'instructions' ? (value: number): string => value.toExponential(2) : write;
  return scrollable(
    `Runs of ${result.name}: ${metricWords(metric)}`,
    fragment`<table class="strips">
      <caption>
        ${metricWords(metric)} of each run, from top to bottom in the order taken; line: median,
        band: its 95 % interval
      </caption>
      <tbody>
        ${rows}
        <tr>
          <td></td>
          <td class="plot">${drawAxis(scale, label)}</td>
        </tr>
      </tbody>
    </table>`,
  );
}

interface Compared {
  readonly result: BenchResult;
  readonly comparison: BenchComparison;
}

function comparedWith({ base, baseBenchmark, baseline }: BenchComparison): string {
  if (baseline !== undefined) return `baseline ${baseline}`;
  return baseBenchmark === undefined ? base : `${baseBenchmark} on ${base}`;
}

const VERDICT_CLASSES: Readonly<Record<BenchComparison['verdict'], string>> = {
  slower: 'doubt',
  faster: 'good',
  'within-noise': '',
  inconclusive: '',
};

/** All comparisons of a run on one axis, one table for each metric. */
export function ratioTables(results: readonly BenchResult[]): readonly Markup[] {
  const all = results.flatMap((result) =>
    result.comparisons.map((comparison): Compared => ({ result, comparison })),
  );
  return BENCH_METRICS.flatMap((metric) => {
    const compared = all.filter(({ comparison }) => comparison.metric === metric);
    return compared.length === 0 ? [] : [ratioTable(metric, compared)];
  });
}

function ratioTable(metric: BenchMetric, compared: readonly Compared[]): Markup {
  const drawable = compared.flatMap(({ comparison }) => (isDrawable(comparison) ? comparison : []));
  const scale = makeScale([1, ...drawable.flatMap(({ ci95, ratio }) => [ratio, ...ci95])], 'ratio');
  const rows = compared.map(({ comparison, result }) => {
    const { ci95, lane, p, ratio, verdict } = comparison;
    const words = formatComparison(comparison, samplesOf(result, comparison), result.name);
    const write = (value: number): Markup => figure(value, formatRatio(value));
    const plot = isDrawable(comparison) ? drawRatio(comparison, scale, words) : undefined;
    return fragment`<tr data-bench="${result.name}" data-lane="${lane}">
      <th scope="row">${result.name}</th>
      <td>${lane}</td>
      <td>${comparedWith(comparison)}</td>
      <td class="number">${write(ratio)}</td>
      <td class="number">${interval(ci95, write)}</td>
      <td class="number">${figure(p, formatP(p))}</td>
      <td><span class="label ${VERDICT_CLASSES[verdict]}">${verdict}</span></td>
      <td class="plot">${plot}</td>
    </tr> `;
  });
  const heads = ['Benchmark', 'Lane', 'Compared with'];
  const numbers = ['Ratio', '95 % interval', 'p'];
  const columns = heads.length + numbers.length + 1;
  return scrollable(
    `Ratios of ${metricWords(metric)}`,
    fragment`<table class="ratios">
      <caption>
        ${metricWords(metric)}: median over that of what it is compared with, on a logarithmic axis;
        dashed: the same
      </caption>
      <thead>
        <tr>
          ${heads.map((head) => fragment`<th scope="col">${head}</th>`)}${numbers.map((head) => fragment`<th scope="col" class="number">${head}</th>`)}
          <th scope="col">Verdict</th>
          <th scope="col">Plot</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
        <tr>
          <td colspan="${columns}"></td>
          <td class="plot">${drawAxis(scale, formatRatio)}</td>
        </tr>
      </tbody>
    </table>`,
  );
}

/** The metrics that stand open, and those that are there for the curious. */
export function splitMetrics(result: BenchResult): {
  readonly shown: readonly BenchMetric[];
  readonly others: readonly BenchMetric[];
} {
  const wanted = shownMetrics(result, false);
  const measured = BENCH_METRICS.filter((metric) => lanesWith(result, metric).length > 0);
  return {
    shown: measured.filter((metric) => wanted.has(metric)),
    others: measured.filter((metric) => !wanted.has(metric)),
  };
}
