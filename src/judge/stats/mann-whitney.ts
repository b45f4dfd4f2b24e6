import { twoSidedNormal } from './normal.ts';
import { rankValues } from './ranks.ts';

export interface MannWhitney {
  /** U of the first sample: pairs in which its value is the greater one, equal pairs counted half. */
  readonly u: number;
  /** Two-sided. */
  readonly p: number;
  readonly method: 'exact' | 'normal';
}

/** Together at most so many values: their arrangements, up to C(50, 25), are exact in a double. */
const EXACT_UNTIL = 50;

/**
 * How many arrangements of `a` and `b` values give each U: the coefficients of the Gaussian binomial
 * (a+b choose a) (Mann and Whitney 1947), by the recurrence f(a, b) = f(a−1, b)·q^b + f(a, b−1).
 */
function countArrangements(a: number, b: number): readonly number[] {
  // rows[j] = f(i, j) for the current i.
  let rows: number[][] = Array.from({ length: b + 1 }, () => [1]);
  for (let i = 1; i <= a; i += 1) {
    const next: number[][] = [[1]];
    for (let j = 1; j <= b; j += 1) {
      const counts = new Array<number>(i * j + 1).fill(0);
      (rows[j] ?? []).forEach((count, u) => {
        counts[u + j] = (counts[u + j] ?? 0) + count;
      });
      (next[j - 1] ?? []).forEach((count, u) => {
        counts[u] = (counts[u] ?? 0) + count;
      });
      next.push(counts);
    }
    rows = next;
  }
  return rows[b] ?? [];
}

function exactP(u: number, a: number, b: number): number {
  const counts = countArrangements(a, b);
  const extreme = Math.min(u, a * b - u);
  let total = 0;
  let tail = 0;
  counts.forEach((count, at) => {
    total += count;
    if (at <= extreme) tail += count;
  });
  return Math.min(1, (2 * tail) / total);
}

/**
 * Whether values of two independent samples tend to differ (Mann and Whitney 1947): exact for up to 50
 * values without ties, else by the normal approximation, with its corrections for ties and continuity.
 * p is 1 where a sample is empty or all values are equal.
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): MannWhitney {
  const a = first.length;
  const b = second.length;
  const { ranks, tieSum } = rankValues([...first, ...second]);
  const u = ranks.slice(0, a).reduce((sum, rank) => sum + rank, 0) - (a * (a + 1)) / 2;
  const n = a + b;
  if (tieSum === 0 && n <= EXACT_UNTIL) return { u, p: exactP(u, a, b), method: 'exact' };
  const variance = ((a * b) / 12) * (n + 1 - tieSum / (n * (n - 1)));
  const distance = Math.max(0, Math.abs(u - (a * b) / 2) - 0.5);
  const p = variance > 0 ? twoSidedNormal(distance / Math.sqrt(variance)) : 1;
  return { u, p, method: 'normal' };
}
