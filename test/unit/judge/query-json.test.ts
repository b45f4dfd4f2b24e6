import { describe, expect, it } from 'vitest';
import type { FactValue } from '../../../src/core/index.ts';
import { queryJson } from '../../../src/judge/query-json.ts';

const TEXT = JSON.stringify({
  name: { first: 'Tom', last: null },
  age: 37,
  'fav.movie': 'Deer Hunter',
  'back\\slash': 1,
  friends: [{ first: 'Dale', nets: ['ig', 'fb'] }, { first: 'Roger', nets: [] }, { nets: ['fb'] }],
  nested: [[1, 2], [3]],
  many: Array.from({ length: 12 }, (_, index) => index),
});

describe('queryJson', () => {
  it.each<readonly [path: string, found: FactValue | undefined]>([
    ['age', 37],
    ['name.first', 'Tom'],
    ['name.last', null],
    [String.raw`fav\.movie`, 'Deer Hunter'],
    [String.raw`back\\slash`, 1],
    ['friends.0.first', 'Dale'],
    ['friends.0.nets', ['ig', 'fb']],
    ['many.11', 11],
    ['@this.age', 37],
    // The length, or what there is of each element.
    ['friends.#', 3],
    ['friends.1.nets.#', 0],
    ['friends.#.first', ['Dale', 'Roger']],
    ['friends.#.none', []],
    ['friends.#.nets.#', [2, 0, 1]],
    // Nothing there.
    ['none', undefined],
    ['name.first.length', undefined],
    ['name.last.x', undefined],
    ['age.toFixed', undefined],
    ['name.constructor', undefined],
    ['none.first', undefined],
    ['friends.3', undefined],
    ['friends.3.first', undefined],
    ['friends.length', undefined],
    ['friends.1x', undefined],
    ['friends.0x1', undefined],
    ['friends.+1', undefined],
    ['name.#', undefined],
  ])('%s: %j', (path, found) => {
    expect(queryJson(TEXT, path)).toEqual(found);
  });

  it('gives the whole for @this and for no path', () => {
    expect(queryJson('[1, {"a": 2}]', '@this')).toEqual([1, { a: 2 }]);
    expect(queryJson('[1, {"a": 2}]', '')).toEqual([1, { a: 2 }]);
  });

  it('finds nothing in what is no JSON', () => {
    expect(queryJson('name: Tom', 'name')).toBeUndefined();
    expect(queryJson('', '@this')).toBeUndefined();
  });
});
