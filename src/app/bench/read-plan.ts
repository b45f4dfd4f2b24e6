import { usageError, type BenchPlan } from '../../core/index.ts';
import { chooseSeed } from '../../judge/index.ts';
import { readDurationOption } from '../read-duration.ts';

/** The words of a sampling plan as the command line has them. */
export interface PlanWords {
  readonly warmup?: number;
  readonly runs?: number;
  readonly minTime?: string;
  readonly targetPrecision?: string;
  readonly seed?: string;
  readonly cpus?: string;
}

/** hyperfine's. */
const MIN_TIME_MS = 3000;

/**
 * A share written as `5%` or `0.05`.
 * @throws ArchParityError `USAGE` (exit 2)
 */
export function readShare(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(text);
  const share = match === null ? Number.NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1);
  if (share > 0 || text === '0' || text === '0%') return share;
  throw usageError('USAGE', `--${option} takes a share like 5%, not "${text}".`);
}

function readCpus(text: string): number[] {
  const cpus = text.split(',').map((word) => (/^\d+$/.test(word) ? Number(word) : Number.NaN));
  if (cpus.every((cpu) => cpu < 1024)) return cpus;
  throw usageError('USAGE', `--cpus takes numbers like 0,2, not "${text}".`);
}

function readSeed(text: string): number {
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 31) return Number(text);
  throw usageError('USAGE', `--seed takes a whole number below 2^31, not "${text}".`);
}

/**
 * How a run samples.
 * @throws ArchParityError `USAGE` (exit 2)
 */
export function readPlan(words: PlanWords): BenchPlan {
  const { cpus, minTime, runs, seed, targetPrecision, warmup } = words;
  return {
    seed: seed === undefined ? chooseSeed() : readSeed(seed),
    warmup: warmup ?? 1,
    minTimeMs: minTime === undefined ? MIN_TIME_MS : readDurationOption(minTime, 'min-time'),
    ...(runs === undefined ? {} : { runs }),
    ...(targetPrecision === undefined
      ? {}
      : { targetPrecision: readShare(targetPrecision, 'target-precision') }),
    ...(cpus === undefined ? {} : { affinity: readCpus(cpus) }),
  };
}
