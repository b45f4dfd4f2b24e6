import { compareSeries, median, medianInterval, type Blocks } from '../judge/index.ts';

/** Asked after every block: fewer resamples than a figure that is shown. */
const RESAMPLES = 400;

/** Half the width of an interval, as a share of its middle. */
function halfWidth([low, high]: readonly [number, number], middle: number): number {
  return (high - low) / 2 / middle;
}

/**
 * The widest interval, as a share (± 0.01), of the ratios of all series to the first one; of the median where
 * there is one series.
 */
export function widestInterval(series: readonly Blocks[], seed: number): number {
  const [base, ...others] = series;
  if (base === undefined) return 0;
  const options = { seed, resamples: RESAMPLES };
  if (others.length === 0) return halfWidth(medianInterval(base, options), median(base.flat()));
  const widths = others.map((other) => {
    const { ratio, ci95 } = compareSeries(base, other, { ...options, paired: false });
    return halfWidth(ci95, ratio);
  });
  return Math.max(...widths);
}
