import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balanceShards } from '../../../src/plan/balance-shards.ts';
import { planCases } from '../../../src/plan/index.ts';
import { makeCase, makeSuite, NATIVE } from './make-case.ts';

const timed = fc.uniqueArray(
  fc.record({ id: fc.string({ maxLength: 6 }), ms: fc.integer({ min: 1, max: 10_000 }) }),
  { selector: ({ id }) => id, maxLength: 40 },
);
const counts = fc.integer({ min: 1, max: 6 });

function loadsOf(
  shards: ReadonlyMap<string, number>,
  timings: ReadonlyMap<string, number>,
): readonly number[] {
  const loads = new Map<number, number>();
  for (const [id, shard] of shards)
    loads.set(shard, (loads.get(shard) ?? 0) + (timings.get(id) ?? 0));
  return [...loads.values()];
}

describe('balanceShards', () => {
  it('puts each case into one shard, whatever the order in which cases and times come', () => {
    fc.assert(
      fc.property(timed, counts, (cases, count) => {
        const ids = cases.map(({ id }) => id);
        const timings = new Map(cases.map(({ id, ms }) => [id, ms]));
        const shards = balanceShards(ids, timings, count);
        expect(new Set(shards.keys())).toEqual(new Set(ids));
        for (const shard of shards.values()) {
          expect(shard).toBeGreaterThanOrEqual(1);
          expect(shard).toBeLessThanOrEqual(count);
        }
        const again = balanceShards(ids.toReversed(), new Map([...timings].reverse()), count);
        expect(new Map([...again].sort())).toEqual(new Map([...shards].sort()));
      }),
    );
  });

  it('gives no shard more than its part and one case', () => {
    fc.assert(
      fc.property(timed, counts, (cases, count) => {
        const timings = new Map(cases.map(({ id, ms }) => [id, ms]));
        const loads = loadsOf(balanceShards([...timings.keys()], timings, count), timings);
        const total = loads.reduce((sum, load) => sum + load, 0);
        const longest = Math.max(0, ...timings.values());
        expect(Math.max(0, ...loads)).toBeLessThanOrEqual(total / count + longest);
      }),
    );
  });

  it('takes a case without a time for the median one', () => {
    const timings = new Map([
      ['short', 10],
      ['middle', 100],
      ['long', 190],
    ]);
    const shards = balanceShards(['short', 'middle', 'long', 'new'], timings, 2);
    expect(Object.fromEntries(shards)).toEqual({ long: 1, middle: 2, new: 2, short: 1 });
  });

  it('is what planCases divides by, after the filters', () => {
    const names = ['a', 'b', 'c', 'd'];
    const timings = new Map(names.map((name, at) => [`s/${name}`, [1000, 10, 10, 10][at] ?? 0]));
    const plan = (index: number) =>
      planCases({
        suites: [makeSuite(names.map((name) => makeCase({ name })))],
        lanes: [NATIVE],
        filters: [],
        shard: { index, count: 2 },
        timings,
      });
    expect(plan(1).cases.map(({ place }) => place)).toEqual([0]);
    expect(plan(2).cases.map(({ definition }) => definition.name)).toEqual(['b', 'c', 'd']);
    expect(plan(2).whole).toHaveLength(4);
  });
});
