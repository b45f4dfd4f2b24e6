import {
  BENCH_METRICS,
  type BenchDefinition,
  type BenchMetric,
  type BenchResult,
  type BenchSample,
  type MetricSummary,
} from '../core/index.ts';
import {
  estimateNoiseFloor,
  median,
  medianAbsoluteDeviation,
  medianInterval,
  type Blocks,
} from '../judge/index.ts';

/** The figures of one benchmark by lane id, and the blocks that they are made of. */
export interface BenchSeries {
  readonly bench: BenchDefinition;
  /** Lanes in the order they were asked for. */
  readonly lanes: ReadonlyMap<string, LaneSeries>;
}

export interface LaneSeries {
  /** All samples in the order taken, warm-up runs too. */
  readonly all: readonly BenchSample[];
  readonly blocks: Readonly<Partial<Record<BenchMetric, Blocks>>>;
  readonly summaries: Readonly<Partial<Record<BenchMetric, MetricSummary>>>;
}

/** Values of one metric by block, in the order taken; lead-ins and warm-ups are left out. */
export function blocksOf(samples: readonly BenchSample[], metric: BenchMetric): Blocks {
  const blocks = new Map<number, number[]>();
  const phase = metric === 'instructions' ? 'count' : 'sample';
  for (const sample of samples) {
    const value = sample[metric];
    if (sample.phase !== phase || value === undefined) continue;
    const block = blocks.get(sample.block) ?? [];
    block.push(value);
    blocks.set(sample.block, block);
  }
  return [...blocks.values()];
}

/** Median, spread, interval and A/A noise floor of a series of blocks. */
export function summariseBlocks(blocks: Blocks, seed: number): MetricSummary {
  const samples = blocks.flat();
  const noiseFloor = estimateNoiseFloor(blocks, seed);
  return {
    samples,
    median: median(samples),
    mad: medianAbsoluteDeviation(samples),
    ci95: medianInterval(blocks, { seed }),
    ...(noiseFloor === undefined ? {} : { noiseFloor }),
  };
}

function summariseLane(samples: readonly BenchSample[], seed: number): LaneSeries {
  const measured = BENCH_METRICS.map((metric) => [metric, blocksOf(samples, metric)] as const);
  const present = measured.filter(([, blocks]) => blocks.length > 0);
  return {
    all: samples,
    blocks: Object.fromEntries(present),
    summaries: Object.fromEntries(
      present.map(([metric, blocks]) => [metric, summariseBlocks(blocks, seed)]),
    ),
  };
}

interface SeriesOptions {
  readonly benchmarks: readonly BenchDefinition[];
  /** Ids in the order they were asked for. */
  readonly lanes: readonly string[];
  readonly seed: number;
}

/** The figures of samples alone: nothing is compared. */
export function summariseSamples(
  samples: readonly BenchSample[],
  options: SeriesOptions,
): BenchResult[] {
  return collectSeries(samples, options).map((series) => ({
    name: series.bench.name,
    lanes: lanesOf(series),
    comparisons: [],
    warnings: [],
  }));
}

/** The figures of a benchmark by lane id. */
export function lanesOf({ lanes }: BenchSeries): BenchResult['lanes'] {
  return Object.fromEntries([...lanes].map(([lane, { summaries }]) => [lane, summaries] as const));
}

/** Orders samples into series: by benchmark, then by lane. What was not measured has no series. */
export function collectSeries(
  samples: readonly BenchSample[],
  { benchmarks, lanes, seed }: SeriesOptions,
): BenchSeries[] {
  return benchmarks.map((bench) => {
    const own = samples.filter((sample) => sample.bench === bench.name);
    const series = lanes.flatMap((lane) => {
      const there = own.filter((sample) => sample.lane === lane);
      return there.some(({ phase }) => phase !== 'warmup')
        ? [[lane, summariseLane(there, seed)] as const]
        : [];
    });
    return { bench, lanes: new Map(series) };
  });
}
