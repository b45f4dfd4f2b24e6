import { quantileOfSorted } from './order.ts';
import { seededRandom, type SeededRandom } from './seeded-random.ts';

/** Samples as they were taken: those of one block are neighbours in time. */
export type Blocks = readonly (readonly number[])[];

/** Lower and upper end. */
export type Interval = readonly [low: number, high: number];

export interface BootstrapOptions {
  readonly seed: number;
  /** Default 2000. */
  readonly resamples?: number;
  /** Default 0.95. */
  readonly confidence?: number;
}

/**
 * The median of what is in `values`, which it reorders. Only the middle is put in order (Hoare's
 * selection): a resample is looked at once.
 */
function medianInPlace(values: Float64Array): number {
  const upper = values.length >> 1;
  const high = select(values, upper);
  if (values.length % 2 === 1) return high;
  let low = -Infinity;
  for (let at = 0; at < upper; at += 1) low = Math.max(low, values[at] ?? low);
  return low === high ? low : (low + high) / 2;
}

function select(values: Float64Array, wanted: number): number {
  const at = (index: number): number => values[index] ?? Number.NaN;
  let left = 0;
  let right = values.length - 1;
  while (left < right) {
    const pivot = at((left + right) >> 1);
    let i = left;
    let j = right;
    while (i <= j) {
      while (at(i) < pivot) i += 1;
      while (at(j) > pivot) j -= 1;
      if (i > j) break;
      const swapped = at(i);
      values[i] = at(j);
      values[j] = swapped;
      i += 1;
      j -= 1;
    }
    if (wanted <= j) right = j;
    else if (wanted >= i) left = i;
    else break;
  }
  return at(wanted);
}

/** The median of blocks drawn with replacement. Whole ones: neighbours in time resemble each other. */
function resampledMedian(blocks: Blocks, random: SeededRandom): number {
  const drawn = blocks.flatMap(() => blocks[random.below(blocks.length)] ?? []);
  return medianInPlace(Float64Array.from(drawn));
}

function percentileInterval(estimates: Float64Array, confidence: number): Interval {
  estimates.sort();
  const outside = (1 - confidence) / 2;
  return [quantileOfSorted(estimates, outside), quantileOfSorted(estimates, 1 - outside)];
}

function bootstrap(estimate: (random: SeededRandom) => number, options: BootstrapOptions) {
  const { seed, resamples = 2000, confidence = 0.95 } = options;
  const random = seededRandom(seed, 1);
  const estimates = Float64Array.from({ length: resamples }, () => estimate(random));
  return percentileInterval(estimates, confidence);
}

/** Whether every value is the same one: nothing is to be estimated then. */
function constantOf(blocks: Blocks): number | undefined {
  const first = blocks[0]?.[0];
  return blocks.every((block) => block.every((value) => value === first)) ? first : undefined;
}

/** Interval of the median (percentile bootstrap over blocks, Efron 1979); NaN of nothing. */
export function medianInterval(blocks: Blocks, options: BootstrapOptions): Interval {
  const constant = constantOf(blocks);
  if (constant !== undefined) return [constant, constant];
  return bootstrap((random) => resampledMedian(blocks, random), options);
}

/** Interval of the median of `other` over that of `base` (percentile bootstrap over blocks). */
export function ratioInterval(base: Blocks, other: Blocks, options: BootstrapOptions): Interval {
  const from = constantOf(base);
  const to = constantOf(other);
  if (from !== undefined && to !== undefined) {
    const ratio = from === to ? 1 : to / from;
    return [ratio, ratio];
  }
  return bootstrap(
    (random) => resampledMedian(other, random) / resampledMedian(base, random),
    options,
  );
}
