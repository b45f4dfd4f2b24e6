import { describe, expect, test } from 'vitest';
import { createOwnRewriter } from '../../../../src/judge/normalise/own.ts';
import { rewriteMatches, type MatchGroups } from '../../../../src/judge/normalise/rewriter.ts';

describe('rewriteMatches', () => {
  function rewrite(text: string, pattern: RegExp) {
    const seen: (readonly [string, MatchGroups])[] = [];
    const rewritten = rewriteMatches(text, pattern, (match, groups) => {
      seen.push([match, { ...groups }]);
      return match === 'keep' ? undefined : `<${match}>`;
    });
    return { seen, ...rewritten };
  }

  test.each([
    ['nothing', 'a', /b/g, { seen: [], text: 'a', originals: [] }],
    [
      'an expression without groups',
      'ab',
      /b/g,
      { seen: [['b', {}]], text: 'a<b>', originals: ['b'] },
    ],
    [
      'groups without a name',
      'ab',
      /a(b)/g,
      { seen: [['ab', {}]], text: '<ab>', originals: ['ab'] },
    ],
    [
      'groups with a name, one of which takes no part',
      'ab',
      /(?<one>a)|(?<two>b)/g,
      {
        seen: [
          ['a', { one: 'a', two: undefined }],
          ['b', { one: undefined, two: 'b' }],
        ],
        text: '<a><b>',
        originals: ['a', 'b'],
      },
    ],
    [
      'what is to be left alone',
      'a keep b',
      /\w+/g,
      {
        seen: [
          ['a', {}],
          ['keep', {}],
          ['b', {}],
        ],
        text: '<a> keep <b>',
        originals: ['a', 'b'],
      },
    ],
  ] as const)('%s', (_name, text, pattern, expected) => {
    expect(rewrite(text, pattern)).toEqual(expected);
  });

  test('an empty replacement takes something away', () => {
    expect(rewriteMatches('abc', /b/g, () => '')).toEqual({ text: 'ac', originals: ['b'] });
  });
});

test.each([
  ['a', 'x', 'b', { text: 'b', originals: [] }],
  ['a', 'x', 'bab', { text: 'bxb', originals: ['a'] }],
  ['a+', '', 'aabab', { text: 'bb', originals: ['aa', 'a'] }],
  ['a(b?)', '[$1]', 'abca', { text: '[b]c[]', originals: ['ab', 'a'] }],
  ['^a', 'x', 'aa', { text: 'xa', originals: ['a'] }],
])('%j with %j in %j', (replace, replacement, text, expected) => {
  const rewriter = createOwnRewriter(replace, replacement);
  expect(rewriter.name).toBe(`replace ${replace}`);
  expect(rewriter.rewrite(text)).toEqual(expected);
});
