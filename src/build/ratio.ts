/** The middle of some numbers; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [
    sorted[Math.ceil(sorted.length / 2) - 1],
    sorted[middle],
  ];
  return (low + high) / 2;
}

/** How many times as long one series is as another. */
export interface Ratio {
  readonly value: number;
  /** 95 % bootstrap interval of the ratio of medians; absent with fewer than three values on a side. */
  readonly interval?: readonly [number, number];
}

const DRAWS = 2000;
const LEAST = 3;

/** The ratio of the medians of two series. The same values give the same interval. */
export function ratioOf(series: readonly number[], base: readonly number[]): Ratio {
  const value = median(series) / median(base);
  if (series.length < LEAST || base.length < LEAST) return { value };
  const random = seededRandom(series.length * 1000 + base.length);
  const draw = (values: readonly number[]): number =>
    median(values.map(() => values[Math.floor(random() * values.length)] ?? Number.NaN));
  const ratios = Array.from({ length: DRAWS }, () => draw(series) / draw(base)).toSorted(
    (a, b) => a - b,
  );
  const at = (share: number): number =>
    ratios[Math.min(DRAWS - 1, Math.floor(share * DRAWS))] ?? value;
  return { value, interval: [at(0.025), at(0.975)] };
}

/** mulberry32, public domain. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
