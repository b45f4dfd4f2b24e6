/** A copy in ascending order. Typed arrays sort numbers as numbers, and several times faster. */
function sorted(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}

/** Linear interpolation between order statistics (type 7 of Hyndman and Fan 1996). */
export function quantileOfSorted(ascending: ArrayLike<number>, share: number): number {
  if (ascending.length === 0) return Number.NaN;
  const place = Math.min(Math.max(share, 0), 1) * (ascending.length - 1);
  const below = Math.floor(place);
  const low = ascending[below] ?? Number.NaN;
  const high = ascending[Math.ceil(place)] ?? low;
  return low === high ? low : low + (high - low) * (place - below);
}

/** The value below which a share (0 to 1) of the values lies; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  return quantileOfSorted(sorted(values), share);
}

/** The middle value, or the mean of both middle values; NaN of nothing. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * Median absolute deviation from the median, unscaled (× 1.4826 estimates the standard deviation of a
 * normal distribution); NaN of nothing.
 */
export function medianAbsoluteDeviation(values: readonly number[]): number {
  const middle = median(values);
  return median(values.map((value) => Math.abs(value - middle)));
}

/**
 * The mean of ratios: that of A over B is the inverse of that of B over A (Fleming and Wallace 1986).
 * NaN of nothing, or where a value is not above 0.
 */
export function geometricMean(values: readonly number[]): number {
  if (values.length === 0 || values.some((value) => !(value > 0))) return Number.NaN;
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
