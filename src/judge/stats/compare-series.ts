import type { BenchVerdict } from '../../core/index.ts';
import { ratioInterval, type Blocks, type Interval } from './bootstrap.ts';
import { mannWhitney } from './mann-whitney.ts';
import { median } from './order.ts';
import { wilcoxonSignedRank } from './paired-tests.ts';

export interface SeriesComparison {
  /** Median of the other over that of the base. */
  readonly ratio: number;
  readonly ci95: Interval;
  /** Two-sided, of this comparison alone. */
  readonly p: number;
}

export interface SeriesOptions {
  readonly seed: number;
  /** Block i of one was measured next to block i of the other, on the same lane. */
  readonly paired: boolean;
  readonly resamples?: number;
}

/** The samples of a block are neighbours in time and no independent evidence: each block is one value. */
function blockMedians(blocks: Blocks): number[] {
  return blocks.filter((block) => block.length > 0).map(median);
}

function pairedDifferences(base: Blocks, other: Blocks): number[] {
  return base.flatMap((block, at) => {
    const beside = other[at];
    if (block.length === 0 || beside === undefined || beside.length === 0) return [];
    return [Math.log(median(beside) / median(block))];
  });
}

/**
 * Compares two series of blocks by the ratio of their medians: Mann-Whitney across lanes, Wilcoxon's
 * signed ranks within one. Where neither series varies the answer is exact, and p is 0 or 1.
 */
export function compareSeries(
  base: Blocks,
  other: Blocks,
  options: SeriesOptions,
): SeriesComparison {
  const from = median(base.flat());
  const to = median(other.flat());
  const ratio = from === to ? 1 : to / from;
  const ci95 = ratioInterval(base, other, options);
  if (isConstant(base) && isConstant(other)) return { ratio, ci95, p: from === to ? 1 : 0 };
  const differences = options.paired ? pairedDifferences(base, other) : [];
  const usable = differences.every(Number.isFinite) && differences.length > 0;
  const p = usable
    ? wilcoxonSignedRank(differences).p
    : mannWhitney(blockMedians(base), blockMedians(other)).p;
  return { ratio, ci95, p };
}

function isConstant(blocks: Blocks): boolean {
  return new Set(blocks.flat()).size === 1;
}

/** Below this nobody acts on a difference, so an interval inside it is an answer. */
const NEGLIGIBLE = 0.02;
const LEVEL = 0.05;

/**
 * What a comparison says. A difference must be unlikely by chance (`p`, adjusted where there are several),
 * its interval must leave out 1, and it must be larger than what the machine shows between a command
 * and itself.
 * @param noiseFloor - share; the larger one of both series
 */
export function judgeComparison(
  { ratio, ci95, p }: SeriesComparison,
  noiseFloor: number,
): BenchVerdict {
  const [low, high] = ci95;
  const excludesOne = low > 1 || high < 1;
  const distance = Math.abs(Math.log(ratio));
  if (excludesOne && p < LEVEL) {
    if (distance <= Math.log1p(noiseFloor)) return 'within-noise';
    return ratio > 1 ? 'slower' : 'faster';
  }
  const tolerance = 1 + Math.max(noiseFloor, NEGLIGIBLE);
  return low >= 1 / tolerance && high <= tolerance ? 'within-noise' : 'inconclusive';
}
