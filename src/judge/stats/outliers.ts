import { median, medianAbsoluteDeviation } from './order.ts';

/**
 * Deviations of the median that make an outlier: ten standard deviations of a normal distribution, as
 * hyperfine has it (Iglewicz and Hoaglin 1993 for the score).
 */
const OUTLIER_SCORE = 14.826;

/**
 * How far each value is from the median, in median absolute deviations. Where more than half of the values
 * are equal there is no such unit: whatever else there is counts as infinitely far.
 */
function scoreValues(values: readonly number[]): number[] {
  const middle = median(values);
  const unit = medianAbsoluteDeviation(values);
  return values.map((value) => (value === middle ? 0 : (value - middle) / unit));
}

/** Places of values that are far from the others. They are named, and stay in every figure. */
export function findOutliers(values: readonly number[]): number[] {
  return scoreValues(values).flatMap((score, at) => (Math.abs(score) > OUTLIER_SCORE ? [at] : []));
}

/**
 * How much slower the first of several values is than the median of the others, where it is an outlier
 * among them: a cold cache.
 */
export function findFirstRunEffect(values: readonly number[]): number | undefined {
  const [first, ...others] = values;
  if (first === undefined || others.length < 3) return undefined;
  const middle = median(others);
  const isFar = first - middle > OUTLIER_SCORE * medianAbsoluteDeviation(others);
  return isFar && first > middle * 1.05 ? first / middle : undefined;
}
