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
    [JSON_TEXT, { gjson: { foo: 'bar', count: '16' } }, false],
    // Text of what is none: a list is its elements in lines.
    [['a', 1], 'a\n1', true],
    [{ a: 1 }, '{"a":1}', true],
    [null, 'null', true],
    [null, null, false],
    // Numbers are also those that are written, with nothing beside them.
    [7, 7, true],
    [7, 8, false],
    [['5'], 5, true],
    ['', 0, 'error'],
    [' \n', 0, 'error'],
    [true, 1, 'error'],
    [null, 0, 'error'],
    // Bounds, and what lies beside them.
    [5, { gt: 4 }, true],
    [5, { gt: 5 }, false],
    [5, { ge: 5 }, true],
    [5, { ge: 6 }, false],
    [5, { lt: 6 }, true],
    [5, { lt: 5 }, false],
    [5, { lt: 4 }, false],
    [5, { le: 5 }, true],
    [5, { le: 4 }, false],
    // Parts of a text.
    ['a.bc', { 'have-prefix': 'a.' }, true],
    ['abc', { 'have-prefix': 'a.' }, false],
    ['a.bc', { 'have-suffix': '.bc' }, true],
    ['a.bc', { 'have-suffix': 'b' }, false],
    ['a.bc', { 'contain-substring': '.b' }, true],
    ['a.bc', { 'contain-substring': 'a.c' }, false],
    ['a.bc', { 'match-regexp': 'c$' }, true],
    ['a.bc', { 'match-regexp': 'b$' }, false],
    // Parts of a list, of which each is wanted for itself.
    [LIST, { 'contain-element': 'x' }, false],
    [LIST, { 'contain-elements': ['foo', 'x'] }, false],
    [LIST, { 'contain-elements': ['foo', 'foo'] }, false],
    [LIST, { 'contain-elements': 'foo' }, 'error'],
    [LIST, { 'consist-of': ['foo', 'bar', 'x'] }, false],
    [5, { 'contain-element': 5 }, 'error'],
    // An element to which a matcher does not apply is none that fits.
    [['abc', 7], { 'contain-element': { gt: 5 } }, true],
    [['abc'], { 'contain-element': { gt: 5 } }, false],
    [LIST, { 'have-len': 2 }, false],
    ['äb', { 'have-len': 2 }, false],
    [{ a: 1, b: 2 }, { 'have-len': 2 }, true],
    [{ a: 1, b: 2 }, { 'have-len': 1 }, false],
    [5, { 'have-len': 1 }, 'error'],
    [[1, { a: [2, null] }], { equal: [1, { a: [2, null] }] }, true],
    [[1], { equal: [1, 2] }, false],
    [[1, 2], { equal: [1] }, false],
    [['a'], { equal: 'a' }, false],
    ['a', { equal: ['a'] }, false],
    [{ a: 1, b: 2 }, { equal: { b: 2, a: 1 } }, true],
    [{ a: 1 }, { equal: { a: 1, b: 2 } }, false],
    [{ a: 1, b: 2 }, { equal: { a: 1 } }, false],
    [{ a: 1 }, { equal: { a: 2 } }, false],
    [{ a: 1, b: 2 }, { equal: { a: 1, b: 3 } }, false],
    [{ a: 1 }, { equal: { b: 1 } }, false],
    [{ a: null }, { equal: { b: null } }, false],
    [{ a: 1 }, { equal: null }, false],
    [null, { equal: { a: 1 } }, false],
    [null, { equal: null }, true],
    ['foo', { and: ['foo', 'bar'] }, false],
    ['foo', { and: [] }, true],
    ['foo', { or: ['x', 'foo'] }, true],
    ['foo', { or: ['x', 'y'] }, false],
    ['foo', { not: 'foo' }, false],
    // One matcher, of those that there are.
    ['foo', {}, 'error'],
    ['foo', { equal: 'foo', 'have-len': 3 }, 'error'],
    ['foo', { 'be-nice': true }, 'error'],
    ['foo', { gjson: ['foo'] }, 'error'],
    ['foo', { gjson: null }, 'error'],
  ])('%j against %j: %s', (actual, matcher, expected) => {
    if (expected === 'error') expect(() => matchValue(actual, matcher)).toThrow(MatchError);
    else expect(matchValue(actual, matcher)).toBe(expected);
  });

  it.each<readonly [FactValue, FactValue, boolean | 'error']>([
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
    ['one\n', { 'have-patterns': ['two'] }, false],
    ['one\n', { 'have-patterns': 'on' }, 'error'],
    // Of several patterns each has a line, or none where it must not.
    ['a\nb\n', ['a', 'c'], false],
    ['a\nb\n', ['!c', '!b'], false],
    // The newline at the end is that of the last line, as a carriage return before it is.
    ['a\n', ['/^$/'], false],
    ['a\r\nb\r\n', ['/^a$/', '/^b$/', '!/^$/'], true],
    ['a\n\nb', ['/^$/'], true],
    ['a\n\n', ['/^$/'], true],
    // Slashes make an expression around the whole pattern only.
    ['a/b/\n', ['a/b/'], true],
    ['a/b\n', ['a/b/'], false],
    ['a/xb\n', ['/a/.b'], false],
    ['a!/x/\n', ['a!/x/'], true],
    ['a/b\n', ['/a/b/'], true],
    ['/\n', ['/'], true],
    ['', ['//'], true],
    // Leading signs of a plain pattern are no part of the text that is looked for, as in goss.
    ['x/y\n', ['/x/y'], true],
    ['a\n', [String.raw`\/!a`], true],
    ['b\\!a\n', [String.raw`b\!a`], true],
    [7, ['7'], true],
  ])('of text, %j against %j: %s', (actual, matcher, expected) => {
    const match = (): boolean => matchValue(actual, matcher, { isText: true });
    if (expected === 'error') expect(match).toThrow(MatchError);
    else expect(match()).toBe(expected);
  });

  it('says what is no expression, however deep', () => {
    for (const matcher of [{ 'match-regexp': '(' }, [{ 'match-regexp': '(' }]])
      expect(() => matchValue(['a'], matcher)).toThrow(
        expect.objectContaining({ code: 'PATTERN_INVALID' }),
      );
  });
});
