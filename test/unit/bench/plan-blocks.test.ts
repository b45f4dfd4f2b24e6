import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseRuns, countBlocks, runsInBlock } from '../../../src/bench/plan-blocks.ts';

describe('plan of blocks', () => {
  it('takes hyperfine’s number of runs unless told otherwise', () => {
    expect(chooseRuns(2, { minTimeMs: 3000 })).toBe(1500);
    expect(chooseRuns(50, { minTimeMs: 3000 })).toBe(60);
    expect(chooseRuns(1000, { minTimeMs: 3000 })).toBe(10);
    expect(chooseRuns(1000, { minTimeMs: 3000, runs: 3 })).toBe(3);
    expect(chooseRuns(0, { minTimeMs: 3000 })).toBe(30_000);
  });

  it('has no more blocks than the rarest command has runs, and at most 30', () => {
    expect(countBlocks([1500, 60])).toBe(30);
    expect(countBlocks([1500, 10])).toBe(10);
    expect(countBlocks([1])).toBe(1);
  });

  it('spreads the runs evenly over the blocks, none is lost', () => {
    const number = fc.integer({ min: 1, max: 2000 });
    fc.assert(
      fc.property(number, fc.integer({ min: 1, max: 30 }), (runs, wanted) => {
        const blocks = Math.min(runs, wanted);
        const counts = Array.from({ length: blocks }, (_, at) =>
          runsInBlock({ runs, blocks }, at + 1),
        );
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(runs);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        expect(Math.min(...counts)).toBeGreaterThan(0);
        // Blocks beyond the plan (a target that is not reached) go on in the same way.
        expect(runsInBlock({ runs, blocks }, blocks + 1)).toBe(counts[0]);
      }),
    );
  });
});
