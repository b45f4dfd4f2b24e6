import { twoSidedNormal } from './normal.ts';
import { median } from './order.ts';
import { rankValues } from './ranks.ts';

export interface Drift {
  /** Change from the first value to the last along the line, as a share of the median. */
  readonly change: number;
  /** Two-sided. */
  readonly p: number;
}

/** Pairs grow with the square: longer series are cut into so many pieces, each its median. */
const MOST_POINTS = 200;

function thin(values: readonly number[]): readonly number[] {
  if (values.length <= MOST_POINTS) return values;
  return Array.from({ length: MOST_POINTS }, (_, piece) => {
    const from = Math.floor((piece * values.length) / MOST_POINTS);
    return median(values.slice(from, Math.floor(((piece + 1) * values.length) / MOST_POINTS)));
  });
}

/**
 * Whether values in the order they were taken rise or fall (Mann 1945), and by how much (slope of Theil 1950
 * and Sen 1968). A processor that heats up, or a cache that fills.
 */
export function detectDrift(values: readonly number[]): Drift {
  const points = thin(values);
  const n = points.length;
  const middle = median(points);
  if (n < 3 || middle === 0) return { change: 0, p: 1 };
  const slopes: number[] = [];
  let score = 0;
  points.forEach((earlier, from) => {
    points.slice(from + 1).forEach((later, gap) => {
      score += Math.sign(later - earlier);
      slopes.push((later - earlier) / (gap + 1));
    });
  });
  const groups = tieCorrection(points);
  const variance = (n * (n - 1) * (2 * n + 5) - groups) / 18;
  const distance = Math.max(0, Math.abs(score) - 1);
  return {
    change: (median(slopes) * (n - 1)) / middle,
    p: variance > 0 ? twoSidedNormal(distance / Math.sqrt(variance)) : 1,
  };
}

/** Sum of t(t−1)(2t+5) over groups of t equal values (Kendall 1975). */
function tieCorrection(values: readonly number[]): number {
  const { ranks } = rankValues(values);
  const sizes = new Map<number, number>();
  for (const rank of ranks) sizes.set(rank, (sizes.get(rank) ?? 0) + 1);
  return [...sizes.values()].reduce((sum, size) => sum + size * (size - 1) * (2 * size + 5), 0);
}
