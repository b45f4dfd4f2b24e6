import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseShard, planCases } from '../../../src/plan/index.ts';
import { makeCase, makeSuite, NATIVE } from './make-case.ts';

function planShard(names: readonly string[], index: number, count: number): string[] {
  const suites = [makeSuite(names.map((name) => makeCase({ name })))];
  const shard = { index, count };
  const { cases } = planCases({ suites, lanes: [NATIVE], filters: [], shard });
  return cases.map(({ definition }) => definition.name);
}

describe('planCases with a shard', () => {
  it('puts each case into exactly one shard, the same one when others come and go', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ maxLength: 8 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 7 }),
        (names, count) => {
          const shards = Array.from({ length: count }, (_, at) => planShard(names, at + 1, count));
          expect(shards.flat().sort()).toEqual([...names].sort());
          const half = names.slice(0, names.length / 2);
          const halfShards = shards.map((shard) => shard.filter((name) => half.includes(name)));
          expect(halfShards).toEqual(shards.map((_, at) => planShard(half, at + 1, count)));
        },
      ),
    );
  });

  it('spreads cases evenly', () => {
    const names = Array.from({ length: 1000 }, (_, index) => `case ${index}`);
    for (const index of [1, 2, 3, 4]) {
      const size = planShard(names, index, 4).length;
      expect(size).toBeGreaterThan(200);
      expect(size).toBeLessThan(300);
    }
  });

  it('never moves a case to another shard in a later version', () => {
    expect(planShard(['a', 'b', 'c', 'd', 'e', 'f'], 1, 2)).toMatchInlineSnapshot(`
      [
        "b",
        "c",
        "d",
        "f",
      ]
    `);
  });
});

describe('parseShard', () => {
  it('reads part and count', () => {
    expect(parseShard('2/5')).toEqual({ index: 2, count: 5 });
  });

  it.each(['', '2', '0/5', '6/5', '1/0', '-1/5', '1.5/5', '1/5/5', 'a/b', '99999999/99999999'])(
    'refuses %j',
    (text) => {
      expect(() => parseShard(text)).toThrow(
        expect.objectContaining({
          code: 'SHARD_INVALID',
          exitCode: 2,
          message: `There is no shard "${text}".`,
        }),
      );
    },
  );
});
