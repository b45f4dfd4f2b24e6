import type { CaseDefinition } from './case.ts';

/** What a benchmark measures, with its unit. `instructions` are the guest's, counted inside QEMU. */
export type BenchMetric = 'wallMs' | 'userMs' | 'sysMs' | 'maxRssKb' | 'instructions';

export const BENCH_METRICS: readonly BenchMetric[] = [
  'wallMs',
  'userMs',
  'sysMs',
  'maxRssKb',
  'instructions',
];

/** The names of metrics as people write them. */
export const METRIC_NAMES = {
  wall: 'wallMs',
  user: 'userMs',
  sys: 'sysMs',
  memory: 'maxRssKb',
  instructions: 'instructions',
} as const satisfies Readonly<Record<string, BenchMetric>>;

/** One benchmark: a case without expectations, measured again and again. */
export interface BenchDefinition {
  readonly name: string;
  readonly definition: CaseDefinition;
  /** What is compared, the first one in the main line. */
  readonly metrics: readonly BenchMetric[];
  /** Commands before and after each single run (their time is not measured). */
  readonly prepare: readonly (readonly string[])[];
  readonly conclude: readonly (readonly string[])[];
  /** The command is a text that a shell runs, whose start is measured with it. */
  readonly usesShell: boolean;
}

/** What one run of a benchmark took on one lane. On emulated lanes QEMU is included in times and memory. */
export interface BenchSample {
  readonly bench: string;
  readonly lane: string;
  /** From 1, over all samples of the run in the order taken. */
  readonly order: number;
  /** From 1: those of one block were taken next to each other in time; 0 = before the first. */
  readonly block: number;
  /**
   * `warmup` counts in no figure; of a run that counts instructions (`count`) the times are not those of the
   * lane.
   */
  readonly phase: 'warmup' | 'sample' | 'count';
  readonly wallMs: number;
  readonly userMs: number;
  readonly sysMs: number;
  readonly maxRssKb: number;
  readonly instructions?: number;
  /** Set when it did not end with 0: the code, or the signal's name. */
  readonly failed?: string;
}

/** Lower and upper end. */
export type BenchInterval = readonly [low: number, high: number];

export interface MetricSummary {
  /** In the order taken. */
  readonly samples: readonly number[];
  readonly median: number;
  /** Median absolute deviation. */
  readonly mad: number;
  readonly ci95: BenchInterval;
  /** Of the A/A control, as a share: what differs less is noise of this lane. Absent = too few blocks. */
  readonly noiseFloor?: number;
}

export type BenchVerdict = 'faster' | 'slower' | 'within-noise' | 'inconclusive';

export interface BenchComparison {
  readonly metric: BenchMetric;
  /** Lane ids; the same one twice where two benchmarks or a baseline are compared. */
  readonly base: string;
  readonly lane: string;
  /** The benchmark that is the base, where it is another one. */
  readonly baseBenchmark?: string;
  /** The file that the base comes from. */
  readonly baseline?: string;
  /** Median of the lane over that of the base. */
  readonly ratio: number;
  readonly ci95: BenchInterval;
  /** Two-sided, adjusted over the comparisons of this run (Holm). */
  readonly p: number;
  readonly verdict: BenchVerdict;
}

/** Something that makes figures doubtful, with what to do about it. */
export interface BenchWarning {
  /** Stable, e.g. `OUTLIERS`. */
  readonly code: string;
  readonly message: string;
  readonly advice: string;
  readonly lane?: string;
}

export interface BenchResult {
  readonly name: string;
  readonly lanes: Readonly<Record<string, Readonly<Partial<Record<BenchMetric, MetricSummary>>>>>;
  readonly comparisons: readonly BenchComparison[];
  readonly warnings: readonly BenchWarning[];
}

/** The mean of one kind of ratio over several benchmarks. */
export interface BenchMean {
  readonly metric: BenchMetric;
  readonly base: string;
  readonly lane: string;
  readonly baseline?: string;
  /** Geometric mean of the ratios. */
  readonly ratio: number;
  readonly benchmarks: number;
}

/** How a bench run samples; recorded, so that the same order can be had again. */
export interface BenchPlan {
  readonly seed: number;
  /** Runs of each benchmark on each lane; absent = as many as the least time takes. */
  readonly runs?: number;
  readonly warmup: number;
  readonly minTimeMs: number;
  /** Share: stop when the intervals of all ratios are within ± this. */
  readonly targetPrecision?: number;
  /** Processors that the subjects are pinned to. */
  readonly affinity?: readonly number[];
}
