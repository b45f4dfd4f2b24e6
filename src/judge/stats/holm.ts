/**
 * p-values of several tests, adjusted so that the chance of even one false alarm among all stays at the
 * level (Holm 1979). In the order of the input; never smaller than it, at most 1.
 */
export function adjustHolm(ps: readonly number[]): number[] {
  const order = ps.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(ps.length).fill(1);
  let least = 0;
  order.forEach(({ p, index }, rank) => {
    least = Math.max(least, Math.min(1, p * (ps.length - rank)));
    adjusted[index] = least;
  });
  return adjusted;
}
