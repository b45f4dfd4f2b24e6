/** The least that a case is taken to cost, in milliseconds: starting it takes time, too. */
const LEAST_MS = 1;

/** A case with what it took. */
interface WeighedCase {
  readonly id: string;
  /** Whole milliseconds, so that sums are exact whatever their order. */
  readonly ms: number;
}

/**
 * Divides cases into shards that take about the same time: the longest first, each to the shard that has
 * least (LPT scheduling). It depends on the ids and times alone, so every machine computes the same.
 * Cases without a time are taken for the median one.
 * @param timings - what each case took, by its id, in milliseconds
 * @returns the shard of each case, from 1
 */
export function balanceShards(
  ids: readonly string[],
  timings: ReadonlyMap<string, number>,
  count: number,
): ReadonlyMap<string, number> {
  const loads = Array.from({ length: Math.min(count, ids.length) }, () => 0);
  const shards = new Map<string, number>();
  for (const { id, ms } of weighCases(ids, timings)) {
    const least = loads.indexOf(Math.min(...loads));
    loads[least] = (loads[least] ?? 0) + ms;
    shards.set(id, least + 1);
  }
  return shards;
}

/** The longest first; of equally long ones in the order of their ids. */
function weighCases(
  ids: readonly string[],
  timings: ReadonlyMap<string, number>,
): readonly WeighedCase[] {
  const known = ids
    .flatMap((id) => timings.get(id) ?? [])
    .map(wholeMs)
    .sort((a, b) => a - b);
  const median = known[Math.floor(known.length / 2)] ?? LEAST_MS;
  return ids
    .map((id) => {
      const ms = timings.get(id);
      return { id, ms: ms === undefined ? median : wholeMs(ms) };
    })
    .sort((a, b) => b.ms - a.ms || (a.id < b.id ? -1 : 1));
}

function wholeMs(ms: number): number {
  return Math.max(LEAST_MS, Math.round(ms));
}
