import { compareSeries } from '../../judge/index.ts';

/** How many times as long one series is as another. */
export interface Ratio {
  /** Of the medians. */
  readonly value: number;
  /** 95 % bootstrap interval; absent with fewer than three values on a side. */
  readonly interval?: readonly [number, number];
}

const LEAST = 3;
/** The same times give the same interval. */
const SEED = 1;

/** The ratio of the medians of two series of builds, each of which stands for itself. */
export function ratioOf(series: readonly number[], base: readonly number[]): Ratio {
  const blocks = (values: readonly number[]): number[][] => values.map((value) => [value]);
  const { ratio, ci95 } = compareSeries(blocks(base), blocks(series), {
    seed: SEED,
    paired: false,
  });
  return series.length < LEAST || base.length < LEAST
    ? { value: ratio }
    : { value: ratio, interval: ci95 };
}
