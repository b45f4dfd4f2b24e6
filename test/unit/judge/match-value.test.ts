import { describe, expect, it } from 'vitest';
import type { FactValue } from '../../../src/core/index.ts';
import { MatchError, matchValue } from '../../../src/judge/match-value.ts';

const LIST = ['foo', 'bar', 'moo'];
const JSON_TEXT =
  '{"foo": "bar", "moo": {"nested": "cow", "a.b": 1}, "count": "15", "list": [1, 2]}';

describe('matchValue', () => {
  // Of goss's documentation of its matchers, and of its tests.
  it.each<readonly [FactValue, FactValue, boolean | 'error']>([
    ['foo', 'foo', true],
    ['foo', 'fo', false],
    [42, '42', true],
    ['42', 42, true],
    [' 42\n', 42, true],
    ['42.0', 42, true],
    ['x', 42, 'error'],
    [true, true, true],
    ['true', true, false],
    [true, 'true', true],
    [LIST, ['foo', 'bar'], true],
    [LIST, [], true],
    [LIST, ['foo', 'foo'], false],
    [['foo', 'foo'], ['foo', 'foo'], true],
    [LIST, [{ 'have-prefix': 'm' }, { 'have-prefix': 'b' }], true],
    ['text', ['text'], 'error'],
    [42, { and: ['42', { 'have-prefix': '4' }, { 'have-suffix': '2' }] }, true],
    [42, { and: [{ 'match-regexp': String.raw`^\d{2}$` }, { 'contain-substring': '2' }] }, true],
    ['42', { and: [42, { gt: 40 }, { lt: 45 }, { ge: 42 }, { le: 42 }] }, true],
    ['42', { gt: 42 }, false],
    ['abc', { gt: 1 }, 'error'],
    ['abc', { not: { gt: 1 } }, 'error'],
    ['abc', { or: [{ gt: 1 }, 'abc'] }, true],
    [LIST, { 'contain-elements': ['foo', 'bar'] }, true],
    [LIST, { equal: LIST }, true],
    [LIST, { equal: ['bar', 'foo', 'moo'] }, false],
    [LIST, { 'consist-of': ['foo', { 'have-prefix': 'm' }, 'bar'] }, true],
    [LIST, { 'consist-of': ['foo', 'bar'] }, false],
    // The first two fit one element each way: only another order gives each its own.
    [['ab', 'ac'], { 'consist-of': [{ 'have-prefix': 'a' }, 'ab'] }, true],
    [LIST, { 'contain-element': { 'have-prefix': 'b' } }, true],
    ['a\nb', { 'contain-element': 'b' }, true],
    [LIST, { not: { 'contain-element': 'x' } }, true],
    [LIST, { 'have-len': 3 }, true],
    ['äb', { 'have-len': 3 }, true],
    [{ a: 1, b: 2 }, { 'have-key': 'a' }, true],
    [{ a: 1 }, { 'have-key': { 'have-prefix': 'b' } }, false],
    [LIST, { 'have-key': 'a' }, 'error'],
    ['x', { equal: 'x' }, true],
    [1, { equal: '1' }, false],
    [['1.0.1', '1.9.9'], { 'semver-constraint': '>1.0.0 <2.0.0 !=1.5.0' }, true],
    [['1.0.1', '1.5.0', '1.9.9'], { 'semver-constraint': '>1.0.0 <2.0.0 !=1.5.0' }, false],
    ['1.0.1', { 'semver-constraint': '>5.0.0 || < 1.5.0' }, true],
    ['1.2.3', { 'semver-constraint': '1.x' }, true],
    ['1.2.3-rc1', { 'semver-constraint': '>=1.2.3' }, false],
    ['1.2', { 'semver-constraint': '>=1.0.0' }, false],
    [
      JSON_TEXT,
      { gjson: { 'moo.nested': 'cow', foo: { 'have-prefix': 'b' }, count: { le: 25 } } },
      true,
    ],
    [JSON_TEXT, { gjson: { '@this': { 'have-key': 'foo' }, 'list.#': 2, 'list.1': 2 } }, true],
    [JSON_TEXT, { gjson: { [String.raw`moo.a\.b`]: 1 } }, true],
    [JSON_TEXT, { gjson: { nothing: 'x' } }, 'error'],
  ])('%j against %j: %s', (actual, matcher, expected) => {
    if (expected === 'error') expect(() => matchValue(actual, matcher)).toThrow(MatchError);
    else expect(matchValue(actual, matcher)).toBe(expected);
  });

  it.each<readonly [string, FactValue, boolean]>([
    ['foo\nbar baz\n', ['foo', 'bar'], true],
    ['foo\n', ['!foo'], false],
    ['foo\n', ['!bar'], true],
    ['!foo\n', [String.raw`\!foo`], true],
    ['Regex\n', ['/^[Rr]egex$/'], true],
    ['a\nb\n', ['/a\nb/'], false],
    ['foo\n', ['!/fo+/'], false],
    ['/etc/passwd x\n', ['/etc/passwd'], true],
    ['anything', [], true],
    ['', [''], true],
    ['foo\n', 'foo', false],
    ['foo', 'foo', true],
    ['a\nfoo\n', { 'contain-element': { 'match-regexp': '^f' } }, true],
    [
      'a\nfoo\n',
      { and: [{ 'contain-element': 'foo' }, { not: { 'contain-element': 'b' } }] },
      true,
    ],
    ['one\n', { 'have-patterns': ['on'] }, true],
  ])('of text, %j against %j: %s', (actual, matcher, expected) => {
    expect(matchValue(actual, matcher, { isText: true })).toBe(expected);
  });
});
