import { describe, expect, it } from 'vitest';
import { createUnpackedBudget } from '../../../src/image/unpacked-budget.ts';

describe('createUnpackedBudget', () => {
  it('counts the tars of all layers', () => {
    const budget = createUnpackedBudget(1024);
    budget.read(500);
    budget.read(600);
    budget.nextLayer();
    budget.read(424);
    expect(() => budget.read(425)).toThrow('The image unpacks to more than 1 KiB.');
  });

  it('counts files with their holes', () => {
    const budget = createUnpackedBudget(1024 ** 3);
    budget.add(1024 ** 3);
    expect(() => budget.add(1)).toThrow('The image unpacks to more than 1 GiB.');
    expect(() => createUnpackedBudget().add(Number.NaN)).toThrow('64 GiB');
  });
});
