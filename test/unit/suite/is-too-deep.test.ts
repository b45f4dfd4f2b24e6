import { describe, expect, it } from 'vitest';
import { isTooDeep } from '../../../src/suite/is-too-deep.ts';

/** Lists or mappings in one another. */
function nest(levels: number, wrap: (inner: unknown) => unknown, inside: unknown): unknown {
  let value = inside;
  for (let level = 0; level < levels; level += 1) value = wrap(value);
  return value;
}

const asList = (inner: unknown) => [inner];
const asMapping = (inner: unknown) => ({ a: 1, inner, z: null });

function cycle(): unknown {
  const value: Record<string, unknown> = { a: [] };
  value['b'] = [value];
  return value;
}

/** So many paths lead through it that only one that remembers comes to an end. */
const shared = nest(90, (inner) => [inner, inner], 1);

describe('isTooDeep', () => {
  it.each([
    ['nothing', null, false],
    ['undefined', undefined, false],
    ['a text', 'text', false],
    ['empty ones', [[], {}], false],
    ['99 levels', nest(99, asList, 1), false],
    ['100 levels', nest(100, asList, 1), false],
    ['100 levels of mappings', nest(100, asMapping, 'x'), false],
    ['100 levels with an empty one', nest(99, asList, {}), false],
    ['101 levels', nest(101, asList, 1), true],
    ['101 levels with an empty one', nest(100, asList, {}), true],
    ['101 levels of mappings', nest(101, asMapping, 'x'), true],
    ['101 levels behind others', [1, [2], nest(100, asList, 1)], true],
    ['101 levels before others', [nest(100, asMapping, 1), [2], 1], true],
    ['100,000 levels', nest(100_000, asList, 1), true],
    ['a value that contains itself', cycle(), true],
    ['one that contains such a value', [1, cycle()], true],
    ['values that are shared', shared, false],
    ['shared values, ten further levels', nest(10, asList, shared), false],
    ['shared values, eleven further levels', nest(11, asList, shared), true],
    ['a shared value, deep the second time', [shared, nest(10, asList, shared)], true],
  ])('%s: %#', (_what, value, expected) => {
    expect(isTooDeep(value)).toBe(expected);
  });
});
