import { describe, expect, test } from 'vitest';
import { createLineScanner } from '../../../../../src/judge/knowledge/log/scan-lines.ts';
import { buildWordAutomaton } from '../../../../../src/judge/knowledge/log/word-automaton.ts';

function scan(words: readonly string[], text: string, size = Infinity) {
  const lines: (readonly [number, string, ...string[]])[] = [];
  const scanner = createLineScanner(
    buildWordAutomaton(words),
    ({ end, number, source, start }, found) => {
      const own = source.toString('utf8', start, end);
      lines.push([number, own, ...found.map((index) => words[index] ?? '')]);
    },
  );
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) scanner.push(bytes.subarray(at, at + size));
  scanner.end();
  return lines;
}

describe.each([Infinity, 1, 2, 5, 8192])('in pieces of %d bytes', (size) => {
  test.each<readonly [string, readonly (readonly [number, string, ...string[]])[]]>([
    ['', []],
    ['\n', [[1, '']]],
    [
      '\n\n',
      [
        [1, ''],
        [2, ''],
      ],
    ],
    ['a', [[1, 'a']]],
    ['a\n', [[1, 'a']]],
    [
      'a\n\nb',
      [
        [1, 'a'],
        [2, ''],
        [3, 'b'],
      ],
    ],
    [
      'ab\nxabxab\ny',
      [
        [1, 'ab', 'ab'],
        [2, 'xabxab', 'ab', 'ab'],
        [3, 'y'],
      ],
    ],
    [
      'a\nb',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    ['ab', [[1, 'ab', 'ab']]],
    [
      'x\nAB',
      [
        [1, 'x'],
        [2, 'AB', 'ab'],
      ],
    ],
  ])('%j', (text, lines) => {
    expect(scan(['ab'], text, size)).toEqual(lines);
  });

  test.each<readonly [string, readonly (readonly [number, number, ...string[]])[]]>([
    [
      `${'x'.repeat(8191)}\ny`,
      [
        [1, 8191],
        [2, 1],
      ],
    ],
    [
      `${'x'.repeat(8192)}\ny`,
      [
        [1, 8192],
        [1, 0],
        [2, 1],
      ],
    ],
    [
      `${'x'.repeat(8193)}\ny`,
      [
        [1, 8192],
        [1, 1],
        [2, 1],
      ],
    ],
    ['x'.repeat(8192), [[1, 8192]]],
    [
      'x'.repeat(20_000),
      [
        [1, 8192],
        [1, 8192],
        [1, 3616],
      ],
    ],
    [
      `${'x'.repeat(8191)}abab\nab`,
      [
        [1, 8192],
        [1, 3, 'ab', 'ab'],
        [2, 2, 'ab'],
      ],
    ],
    [
      `z\n${'x'.repeat(8190)}abab`,
      [
        [1, 1],
        [2, 8192, 'ab'],
        [2, 2, 'ab'],
      ],
    ],
  ])('lines that are long: %#', (text, lines) => {
    const found = scan(['ab'], text, size);
    expect(found.map(([number, own, ...words]) => [number, own.length, ...words])).toEqual(lines);
  });
});

test.each<readonly [readonly string[], string, readonly string[]]>([
  [['a', 'ab', 'b', 'abc'], 'abc', ['a', 'ab', 'b', 'abc']],
  [['aa'], 'aaaa', ['aa', 'aa', 'aa']],
  [['abcd', 'bc'], 'abcabcd', ['bc', 'bc', 'abcd']],
  [['abab', 'ba'], 'ababab', ['ba', 'abab', 'ba', 'abab']],
  [['x', 'x'], 'x', ['x', 'x']],
  [['az'], 'AZ aZ Az az', ['az', 'az', 'az', 'az']],
  [['a', 'z'], '@ [ ` { A Z', ['a', 'z']],
  [['`'], '@ `', ['`']],
  [['{'], '[ {', ['{']],
  [['@', '['], '` { @ [', ['@', '[']],
  [['a@', 'a['], 'a` a{ A@ A[', ['a@', 'a[']],
  [['\u00e4'], '\u00c4 \u00e4', ['\u00e4']],
  [['b'], 'aacc', []],
])('of the words %j %j has %j', (words, text, found) => {
  expect(scan(words, text)).toEqual([[1, text, ...found]]);
});

test('states that end a word come last', () => {
  const { classes, endingAt, firstFinal, next } = buildWordAutomaton(['ab', 'b']);
  expect([...classes].flatMap((known, byte) => (known === 0 ? [] : [[byte, known]]))).toEqual([
    ...[
      [0x41, 1],
      [0x42, 2],
      [0x61, 1],
      [0x62, 2],
    ],
  ]);
  // Of the root and of `a`, then of `b` and of `ab`; each with bytes of no word, `a` and `b`.
  expect([...next]).toEqual([0, 3, 6, 0, 3, 9, 0, 3, 6, 0, 3, 6]);
  expect(firstFinal).toBe(6);
  expect([0, 3, 6, 9, 12].map(endingAt)).toEqual([[], [], [1], [0, 1], []]);
});
