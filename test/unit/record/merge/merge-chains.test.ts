import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeChains } from '../../../../src/record/merge/merge-chains.ts';

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
const items = fc.uniqueArray(fc.string({ maxLength: 3 }), { maxLength: 12 });

describe('mergeChains', () => {
  it('has each item once and agrees with chains that are parts of one order', () => {
    fc.assert(
      fc.property(
        items.chain((all) =>
          fc.tuple(fc.constant(all), fc.array(fc.subarray(all), { maxLength: 4 })),
        ),
        ([all, chains]) => {
          const merged = mergeChains(chains, compare);
          expect([...merged].sort()).toEqual([...new Set(chains.flat())].sort());
          for (const chain of chains)
            expect(merged.filter((item) => chain.includes(item))).toEqual(chain);
          // By the whole order nothing is left open.
          const byPlace = (one: string, other: string): number =>
            all.indexOf(one) - all.indexOf(other);
          const wanted = all.filter((item) => merged.includes(item));
          expect(mergeChains(chains, byPlace)).toEqual(wanted);
        },
      ),
    );
  });

  it('does not depend on the order of the chains, also where they contradict each other', () => {
    fc.assert(
      fc.property(fc.array(items, { maxLength: 4 }), (chains) => {
        const merged = mergeChains(chains, compare);
        expect(new Set(merged)).toEqual(new Set(chains.flat()));
        expect(merged).toHaveLength(new Set(merged).size);
        expect(mergeChains(chains.toReversed(), compare)).toEqual(merged);
      }),
    );
  });
});
