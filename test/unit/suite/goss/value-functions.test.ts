import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, type Call } from './call.ts';

describe('functions of text/template', () => {
  it.each<Call>([
    ['not', [''], true],
    ['not', ['a'], false],
    ['eq', [1, 1], true],
    ['eq', [1, 2, 3], false],
    ['eq', [1, 2, 1], true],
    ['eq', [1, '1'], false],
    ['eq', [1], false],
    ['eq', [[1], [1]], true],
    ['ne', [1, 2], true],
    ['ne', ['a', 'a'], false],
    ['lt', [2, 10], true],
    ['lt', [10, 10], false],
    ['lt', ['2', '10'], false],
    ['lt', ['a', 'b'], true],
    ['lt', [2, '10'], false],
    ['lt', ['2', 10], false],
    ['le', [10, 10], true],
    ['le', [11, 10], false],
    ['le', ['a', 'a'], true],
    ['le', ['b', 'a'], false],
    ['gt', [10, 2], true],
    ['gt', [10, 10], false],
    ['gt', ['b', 'a'], true],
    ['gt', ['a', 'a'], false],
    ['ge', [10, 10], true],
    ['ge', [9, 10], false],
    ['ge', ['a', 'a'], true],
    ['len', ['aé'], 3],
    ['len', [[1, 2]], 2],
    ['len', [{ a: 1 }], 1],
    ['len', [null], 0],
    ['index', [['a', 'b'], 1], 'b'],
    ['index', [{ a: ['b', 'c'] }, 'a', 0], 'b'],
    ['index', [{ 1: 'a' }, 1], 'a'],
    ['index', [{ a: 1 }, 'b'], undefined],
    ['index', [{ a: 1 }, 'toString'], undefined],
    ['index', ['a'], 'a'],
    ['slice', ['abcd', 1], 'bcd'],
    ['slice', ['abcd', 1, 3], 'bc'],
    ['slice', ['abcd'], 'abcd'],
    ['slice', [[1, 2, 3], 1], [2, 3]],
    ['slice', [[1, 2, 3], 0, 2], [1, 2]],
    ['slice', [[1, 2, 3]], [1, 2, 3]],
    ['print', ['a', 'b', 1, 2, true, 'c', 3], 'ab1 2 truec3'],
    ['print', [1, 'a'], '1a'],
    ['println', ['a', 1, 'b'], 'a 1 b\n'],
  ])('%s %j', (name, args, expected) => {
    expect(call(name, args)).toStrictEqual(expected);
  });

  it.each<readonly [string, Call[1], string]>([
    ['index', [['a'], 1], 'index out of range: 1'],
    ['index', [['a'], -1], 'index out of range: -1'],
    ['index', [['a'], 'x'], 'index out of range: x'],
    ['index', [[], 0], 'index out of range: 0'],
    ['div', [1, 0], 'integer divide by zero'],
    ['mod', [1, '0.5'], 'integer divide by zero'],
    ['fail', ['no'], 'no'],
  ])('%s %j is refused', (name, args, message) => {
    expect(() => call(name, args)).toThrow(message);
  });
});

describe('functions of lists', () => {
  it.each<Call>([
    ['list', [1, 'a'], [1, 'a']],
    ['tuple', [1], [1]],
    ['mkSlice', ['a', 'b'], ['a', 'b']],
    ['first', [[1, 2]], 1],
    ['first', [[]], undefined],
    ['first', ['ab'], undefined],
    ['last', [[1, 2]], 2],
    ['rest', [[1, 2, 3]], [2, 3]],
    ['initial', [[1, 2, 3]], [1, 2]],
    ['append', [[1], 2], [1, 2]],
    ['append', [null, 2], [2]],
    ['prepend', [[1], 2], [2, 1]],
    ['concat', [[1], [2, [3]], null, 4], [1, 2, [3]]],
    ['reverse', [[1, 2, 3]], [3, 2, 1]],
    ['uniq', [[1, 2, 1, '1', [1], [1], 2]], [1, 2, '1', [1]]],
    ['compact', [['', 'a', 0, 1, null, [], {}, false]], ['a', 1]],
    ['without', [[1, 2, 3, 1], 1, 3], [2]],
    ['without', [[1, 2]], [1, 2]],
    ['has', [1, [2, 1]], true],
    ['has', ['1', [2, 1]], false],
    ['sortAlpha', [['b', 10, 9, 'a']], ['10', '9', 'a', 'b']],
    ['until', [3], [0, 1, 2]],
    ['until', [0], []],
    ['until', [-2], [0, -1]],
    ['untilStep', [1, 6, 2], [1, 3, 5]],
    ['untilStep', [1, 5, 2], [1, 3]],
    ['untilStep', [3, 0, -1], [3, 2, 1]],
    ['untilStep', [3, 0, 1], []],
    ['untilStep', [0, 3, 0], []],
  ])('%s %j', (name, args, expected) => {
    expect(call(name, args)).toStrictEqual(expected);
  });
});

describe('functions of mappings', () => {
  it.each<Call>([
    ['dict', ['a', 1, 2, 'b', 'odd'], { a: 1, 2: 'b', odd: '' }],
    ['dict', [], {}],
    ['get', [{ a: 1 }, 'a'], 1],
    ['get', [{ a: 1 }, 'b'], ''],
    ['get', [[1], 0], ''],
    ['hasKey', [{ a: null }, 'a'], true],
    ['hasKey', [{ a: 1 }, 'toString'], false],
    ['keys', [{ b: 1, a: 2 }], ['a', 'b']],
    ['values', [{ b: 1, a: 2 }], [1, 2]],
    ['merge', [{ a: 1 }, { a: 2, b: 3 }, { b: 4, c: 5 }], { a: 1, b: 3, c: 5 }],
    ['default', ['d', ''], 'd'],
    ['default', ['d', 'a'], 'a'],
    ['default', ['d'], 'd'],
    ['empty', [0], true],
    ['empty', [1], false],
    ['coalesce', ['', 0, 'a', 'b'], 'a'],
    ['coalesce', ['', 0], undefined],
    ['ternary', ['y', 'n', true], 'y'],
    ['ternary', ['y', 'n', false], 'n'],
    ['ternary', ['y', 'n', 1], 'n'],
  ])('%s %j', (name, args, expected) => {
    expect(call(name, args)).toStrictEqual(expected);
  });

  it('set changes the mapping itself', () => {
    const mapping = { a: 1, b: 2 };
    expect(call('set', [mapping, 'a', 3])).toBe(mapping);
    call('set', [mapping, 'c', 4]);
    call('set', [mapping, 'c', 5]);
    expect(mapping).toStrictEqual({ a: 3, b: 2, c: 5 });
    call('set', [mapping, 'c', mapping]);
    expect(mapping).toStrictEqual({ a: 3, b: 2, c: { a: 3, b: 2, c: 5 } });
  });
});

describe('functions of numbers', () => {
  it.each<Call>([
    ['add', [1, 2, '3', true, 'x'], 7],
    ['add', [], 0],
    ['add1', ['2'], 3],
    ['sub', [5, 7], -2],
    ['mul', [2, 3, 4], 24],
    ['mul', [], 1],
    ['div', [7, 2], 3],
    ['div', [-7, 2], -3],
    ['mod', [7, 4], 3],
    ['max', [1, 3.9, '2'], 3],
    ['min', [2, 1.9, '3'], 1],
    ['int', ['-1.9'], -1],
    ['int', [false], 0],
    ['int64', [2.5], 2],
    ['int64', ['x'], 0],
    ['float64', ['2.5'], 2.5],
    ['float64', [true], 1],
  ])('%s %j', (name, args, expected) => {
    expect(call(name, args)).toBe(expected);
  });
});

describe('functions of the machine', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'parity-functions-'));
    writeFileSync(join(directory, 'a.txt'), '\n a b \n');
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each<Call>([
    ['env', ['A'], 'a'],
    ['env', ['NO'], ''],
    ['getEnv', ['A', 'd'], 'a'],
    ['getEnv', ['NO', 'd'], 'd'],
    ['getEnv', ['EMPTY', 'd'], 'd'],
    ['getEnv', ['NO'], ''],
    ['expandenv', ['$A-${A}/$NO.${LONG}$'], 'a-a/.long$'],
    ['readFile', ['a.txt'], 'a b'],
  ])('%s %j', (name, args, expected) => {
    const environment = { A: 'a', EMPTY: '', LONG: 'long' };
    expect(call(name, args, { environment, directory })).toBe(expected);
  });
});
