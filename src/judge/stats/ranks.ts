export interface Ranking {
  /** In the order of the values, from 1; equal values share the mean of their ranks. */
  readonly ranks: readonly number[];
  /** Sum of t³ − t over the groups of t equal values: 0 without ties. */
  readonly tieSum: number;
}

/** Midranks of values. */
export function rankValues(values: readonly number[]): Ranking {
  const order = values.map((value, index) => ({ value, index }));
  order.sort((a, b) => a.value - b.value);
  const ranks = new Array<number>(values.length).fill(0);
  let tieSum = 0;
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && order[to]?.value === order[from]?.value) to += 1;
    for (const { index } of order.slice(from, to)) ranks[index] = (from + 1 + to) / 2;
    const size = to - from;
    tieSum += size ** 3 - size;
    from = to;
  }
  return { ranks, tieSum };
}
