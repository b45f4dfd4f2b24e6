import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchChanges, type SearchOptions } from '../../../../src/app/bisect/search-changes.ts';

/** Searches in a row of letters; a dot is one that cannot be used. */
async function search(row: string, strategy: SearchOptions<string>['strategy'] = 'halve') {
  const looked: number[] = [];
  const result = await searchChanges<string>({
    count: row.length,
    strategy,
    observe: async (index) => {
      looked.push(index);
      const letter = row.charAt(index);
      return Promise.resolve(letter === '.' ? undefined : letter);
    },
    alike: (left, right) => left === right,
  });
  return { ...result, looked };
}

describe('between two ends that differ', () => {
  it('halves, ends first, and looks at none twice', async () => {
    expect(await search('AAAAAAAB')).toEqual({
      changes: [{ after: 6, at: 7 }],
      isWhole: false,
      looked: [0, 7, 3, 5, 6],
    });
    expect(await search('AB')).toEqual({
      changes: [{ after: 0, at: 1 }],
      isWhole: true,
      looked: [0, 1],
    });
  });

  it('passes over those that cannot be used, at the ends too', async () => {
    expect((await search('.AA..BB.')).changes).toEqual([{ after: 2, at: 5 }]);
  });

  it('looks at all when a third behaviour shows', async () => {
    const { changes, isWhole } = await search('AACBB');
    expect(changes).toEqual([
      { after: 1, at: 2 },
      { after: 2, at: 3 },
    ]);
    expect(isWhole).toBe(true);
  });

  it('takes a third behaviour for a change when the first change is wanted', async () => {
    const { changes, looked } = await search('AAACCCCCB', 'first');
    expect(changes).toEqual([{ after: 2, at: 3 }]);
    expect(looked.length).toBeLessThan(6);
  });
});

describe('between two ends that are alike', () => {
  it('looks at all: the behaviour may have come and gone', async () => {
    expect(await search('AABBA')).toMatchObject({
      changes: [
        { after: 1, at: 2 },
        { after: 3, at: 4 },
      ],
      isWhole: true,
    });
    expect((await search('AAAA')).changes).toEqual([]);
  });

  it('stops there when the first change is wanted', async () => {
    expect(await search('AABBA', 'first')).toEqual({ changes: [], isWhole: false, looked: [0, 4] });
  });
});

it('finds nothing where fewer than two can be used', async () => {
  for (const row of ['', 'A', '...', '.A.']) expect((await search(row)).changes).toEqual([]);
});

it('finds the place of any single change, in about log2(n) steps', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 200 }),
      async (a, b) => {
        const { changes, looked } = await search('A'.repeat(a) + 'B'.repeat(b));
        expect(changes).toEqual([{ after: a - 1, at: a }]);
        expect(looked.length).toBeLessThanOrEqual(2 + Math.ceil(Math.log2(a + b)));
      },
    ),
  );
});

it('finds every change when all are looked at', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: fc.constantFrom('A', 'B', 'C'), minLength: 2 }),
      async (row) => {
        const { changes, looked } = await search(row, 'all');
        const wanted = Array.from(row).flatMap((letter, at) =>
          at > 0 && row[at - 1] !== letter ? [{ after: at - 1, at }] : [],
        );
        expect(changes).toEqual(wanted);
        expect(looked).toHaveLength(row.length);
      },
    ),
  );
});
