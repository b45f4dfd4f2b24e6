import { describe, expect, it } from 'vitest';
import { findMatcherMistake } from '../../../../src/suite/goss/matcher-mistakes.ts';

const ALL =
  'the matchers are have-prefix, have-suffix, contain-substring, semver-constraint, gt, ge, lt, le, have-len, contain-elements, consist-of, and, or, not, contain-element, have-key, equal, match-regexp, have-patterns, gjson';
const ONE = 'write and: with a list of them';

describe('findMatcherMistake', () => {
  it.each([
    [null],
    ['text'],
    [1],
    [true],
    [[]],
    [['a', 1, null]],
    [{ 'have-prefix': 'a' }],
    [{ 'have-suffix': 'a' }],
    [{ 'contain-substring': 'a' }],
    [{ 'semver-constraint': '>1' }],
    [{ gt: 1 }],
    [{ ge: '1' }],
    [{ lt: 1 }],
    [{ le: '1' }],
    [{ 'have-len': 1 }],
    [{ 'contain-elements': ['a', { gt: 1 }] }],
    [{ 'consist-of': [] }],
    [{ and: [{ not: { equal: 1 } }] }],
    [{ or: [{ gt: 1 }] }],
    [{ not: 'a' }],
    [{ 'contain-element': { gt: 1 } }],
    [{ 'have-key': 'a' }],
    [{ equal: { a: 1, b: 2 } }],
    [{ 'match-regexp': 'a+' }],
    [{ 'have-patterns': ['a', { any: 1, thing: 2 }] }],
    [{ gjson: {} }],
    [{ gjson: { 'a.b': { gt: 1 }, c: 'd' } }],
  ])('finds none in %j', (matcher) => {
    expect(findMatcherMistake(matcher)).toBeUndefined();
  });

  it.each([
    [{}, [], 'needs one matcher, but has none', ONE],
    [{ gt: 1, lt: 2 }, [], 'needs one matcher, but has gt and lt', ONE],
    [['a', { gt: 1 }, {}], [2], 'needs one matcher, but has none', ONE],
    [{ gtt: 1 }, ['gtt'], 'is no matcher of goss', 'did you mean "gt"?'],
    [{ 'have-prefx': 1 }, ['have-prefx'], 'is no matcher of goss', 'did you mean "have-prefix"?'],
    [{ consistof: 1 }, ['consistof'], 'is no matcher of goss', 'did you mean "consist-of"?'],
    [
      { containelement: 1 },
      ['containelement'],
      'is no matcher of goss',
      'did you mean "contain-element"?',
    ],
    [{ gjsn: 1 }, ['gjsn'], 'is no matcher of goss', 'did you mean "gjson"?'],
    [{ wwwwwwww: 1 }, ['wwwwwwww'], 'is no matcher of goss', ALL],
    [{ 'have-prefix': 1 }, ['have-prefix'], 'must be text', undefined],
    [{ 'have-suffix': null }, ['have-suffix'], 'must be text', undefined],
    [{ 'contain-substring': ['a'] }, ['contain-substring'], 'must be text', undefined],
    [{ 'semver-constraint': 1 }, ['semver-constraint'], 'must be text', undefined],
    [{ gt: true }, ['gt'], 'must be a number', undefined],
    [{ ge: null }, ['ge'], 'must be a number', undefined],
    [{ lt: [1] }, ['lt'], 'must be a number', undefined],
    [{ le: {} }, ['le'], 'must be a number', undefined],
    [{ 'have-len': '1' }, ['have-len'], 'must be a number', undefined],
    [{ and: { gt: 1 } }, ['and'], 'must be a list of matchers', undefined],
    [{ or: 'a' }, ['or'], 'must be a list of matchers', undefined],
    [{ 'consist-of': null }, ['consist-of'], 'must be a list of matchers', undefined],
    [{ 'contain-elements': 1 }, ['contain-elements'], 'must be a list of matchers', undefined],
    [{ or: [{ gt: 1 }, { gt: null }] }, ['or', 1, 'gt'], 'must be a number', undefined],
    [{ not: { and: [{}] } }, ['not', 'and', 0], 'needs one matcher, but has none', ONE],
    [{ 'contain-element': { gt: true } }, ['contain-element', 'gt'], 'must be a number', undefined],
    [{ 'have-key': { gt: true } }, ['have-key', 'gt'], 'must be a number', undefined],
    [{ 'match-regexp': 1 }, ['match-regexp'], 'must be text', undefined],
    [
      { 'match-regexp': '(?=a)' },
      ['match-regexp'],
      'is no RE2 regular expression: "(?=a)" has an invalid or unsupported Perl syntax: `(?=`',
      'RE2 has no look-ahead and no look-behind',
    ],
    [{ 'have-patterns': 'a' }, ['have-patterns'], 'must be a list of patterns', undefined],
    [{ gjson: null }, ['gjson'], 'must be a mapping from paths to matchers', undefined],
    [{ gjson: 'a' }, ['gjson'], 'must be a mapping from paths to matchers', undefined],
    [{ gjson: [] }, ['gjson'], 'must be a mapping from paths to matchers', undefined],
    [
      { gjson: { a: 1, 'b.c': { gt: null } } },
      ['gjson', 'b.c', 'gt'],
      'must be a number',
      undefined,
    ],
  ])('in %j', (matcher, path, message, hint) => {
    expect(findMatcherMistake(matcher)).toEqual({ path, message, hint });
  });

  it('puts the path of the matcher before its own', () => {
    expect(findMatcherMistake({ gt: null }, ['a', 0])?.path).toEqual(['a', 0, 'gt']);
  });
});
