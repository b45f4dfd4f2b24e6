import { twoSidedNormal } from './normal.ts';
import { rankValues } from './ranks.ts';

export interface SignedRank {
  /** Sum of the ranks of positive differences. */
  readonly v: number;
  /** Two-sided. */
  readonly p: number;
  readonly method: 'exact' | 'normal';
}

/** 2^50 sign patterns are exact in a double. */
const EXACT_UNTIL = 50;

/** How many subsets of the ranks 1 to n have each sum (Wilcoxon 1945). */
function countSums(n: number): readonly number[] {
  let counts = [1];
  for (let rank = 1; rank <= n; rank += 1) {
    const next = [...counts, ...new Array<number>(rank).fill(0)];
    counts.forEach((count, sum) => {
      next[sum + rank] = (next[sum + rank] ?? 0) + count;
    });
    counts = next;
  }
  return counts;
}

/**
 * Whether paired differences lie around 0 (Wilcoxon 1945): exact for up to 50 differences without ties,
 * else by the normal approximation. Differences of 0 are left out; p is 1 where none is left.
 */
export function wilcoxonSignedRank(differences: readonly number[]): SignedRank {
  const moved = differences.filter((difference) => difference !== 0);
  const n = moved.length;
  const { ranks, tieSum } = rankValues(moved.map(Math.abs));
  const v = ranks.reduce((sum, rank, at) => ((moved[at] ?? 0) > 0 ? sum + rank : sum), 0);
  const most = (n * (n + 1)) / 2;
  if (tieSum === 0 && n <= EXACT_UNTIL) {
    const extreme = Math.min(v, most - v);
    const tail = countSums(n)
      .slice(0, extreme + 1)
      .reduce((sum, count) => sum + count, 0);
    return { v, p: Math.min(1, (2 * tail) / 2 ** n), method: 'exact' };
  }
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - tieSum / 48;
  const distance = Math.max(0, Math.abs(v - most / 2) - 0.5);
  return { v, p: twoSidedNormal(distance / Math.sqrt(variance)), method: 'normal' };
}

/**
 * Two-sided sign test: how likely so uneven a split of positive and negative differences is by chance
 * (binomial, 1/2). Differences of 0 are left out; p is 1 where none is left.
 */
export function signTest(differences: readonly number[]): number {
  const positive = differences.filter((difference) => difference > 0).length;
  const n = positive + differences.filter((difference) => difference < 0).length;
  const rarer = Math.min(positive, n - positive);
  // In logarithms: 2^-n underflows from n = 1075 on.
  let logTerm = -n * Math.LN2;
  let tail = 0;
  for (let k = 0; k <= rarer; k += 1) {
    tail += Math.exp(logTerm);
    logTerm += Math.log((n - k) / (k + 1));
  }
  return Math.min(1, 2 * tail);
}
