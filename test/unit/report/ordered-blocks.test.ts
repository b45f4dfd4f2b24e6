import { describe, expect, it } from 'vitest';
import { OrderedBlocks } from '../../../src/report/ordered-blocks.ts';

function collect(most: number, finished: readonly string[]): OrderedBlocks {
  const blocks = new OrderedBlocks(most);
  for (const id of ['a', 'b', 'c', 'd']) blocks.start(id);
  for (const id of finished) blocks.finish(id, () => (id === 'c' ? undefined : id));
  return blocks;
}

describe('OrderedBlocks', () => {
  it('lists in the order of the starts what has a block', () => {
    expect(collect(9, ['d', 'c', 'b', 'a']).list()).toEqual(['a', 'b', 'd']);
    expect(collect(9, ['b', 'a', 'd', 'c']).list()).toEqual(['a', 'b', 'd']);
  });

  it('keeps the first, whatever came first, and counts the rest', () => {
    for (const finished of [
      ['d', 'b', 'a'],
      ['a', 'b', 'd'],
    ]) {
      const blocks = collect(2, finished);
      expect(blocks.list()).toEqual(['a', 'b']);
      expect(blocks.dropped).toBe(1);
    }
  });

  it('puts a case last whose start nobody told', () => {
    const blocks = collect(9, ['x', 'a']);
    expect(blocks.list()).toEqual(['a', 'x']);
  });
});
