/** Random numbers that are the same for the same seed, on every machine. */
export interface SeededRandom {
  /** At least 0, less than 1. */
  next(): number;
  /** A whole number, at least 0 and less than `bound`. */
  below(bound: number): number;
  /** A copy in random order (Fisher and Yates). */
  shuffle<Item>(items: readonly Item[]): Item[];
}

/** One round of splitmix32's output function. */
function mix(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return mixed ^ (mixed >>> 15);
}

/**
 * A generator from a seed: splitmix32, a Weyl sequence through a mixing function. Good enough to order
 * runs and to resample; not for secrets.
 * @param stream - numbers of another stream are unrelated to those of this one
 */
export function seededRandom(seed: number, stream = 0): SeededRandom {
  let state = mix(seed | 0) ^ mix((stream | 0) + 0x632be5ab);
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    return (mix(state) >>> 0) / 2 ** 32;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  const shuffle = <Item>(items: readonly Item[]): Item[] => {
    const order = [...items];
    for (let left = order.length; left > 1; left -= 1) {
      const [taken] = order.splice(below(left), 1);
      if (taken !== undefined) order.push(taken);
    }
    return order;
  };
  return { next, below, shuffle };
}

/** A seed for a run that was given none; recorded, so that the run's order can be had again. */
export function chooseSeed(random: () => number = Math.random): number {
  return Math.floor(random() * 2 ** 31);
}
