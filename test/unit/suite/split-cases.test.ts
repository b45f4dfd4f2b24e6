import { describe, expect, it } from 'vitest';
import { splitCases } from '../../../src/suite/split-cases.ts';

/** An item of a given length. */
const item = (length: number, start = '- '): string =>
  `${start}${'x'.repeat(length - start.length - 1)}\n`;

describe('splitCases', () => {
  it.each([
    ['cases:\n- a\n', 'cases:\n', '- a\n', 2],
    ['a: 1\ncases:\n  - a\n  - b\nb: 2\n', 'a: 1\ncases:\nb: 2\n', '  - a\n  - b\n', 3],
    ['cases: \t# c\n- a', 'cases: \t# c\n', '- a', 2],
    ['cases:\r\n-\ta\r\n-\r\n  b\r\n', 'cases:\r\n', '-\ta\r\n-\r\n  b\r\n', 2],
    [
      'cases:\n\n# c\n - a\n\n#\n  # d\n - b\n\n',
      'cases:\n',
      '\n# c\n - a\n\n#\n  # d\n - b\n\n',
      2,
    ],
    ['cases:\n  - a\n   b\n    - c\n', 'cases:\n', '  - a\n   b\n    - c\n', 2],
    ['cases:\n- a\n b\nk: 1\n- c\n', 'cases:\nk: 1\n- c\n', '- a\n b\n', 2],
    ['cases:\n- a\n-b\n', 'cases:\n-b\n', '- a\n', 2],
    ['cases:\n- a\n...\n', 'cases:\n...\n', '- a\n', 2],
    ['cases:\n- a\r\n\r\n- b\r\n', 'cases:\n', '- a\r\n\r\n- b\r\n', 2],
    ['cases:\n- a\n%x', undefined, undefined, 0],
    ['x: "%"\ncases:\n- a\n', 'x: "%"\ncases:\n', '- a\n', 3],
    ['cases: []\n', undefined, undefined, 0],
    ['cases: x # c\n- a\n', undefined, undefined, 0],
    ['cases:', undefined, undefined, 0],
    ['cases:\n', undefined, undefined, 0],
    ['cases:\n# c\n\n', undefined, undefined, 0],
    [' cases:\n - a\n', undefined, undefined, 0],
    ['xcases:\n- a\n', undefined, undefined, 0],
    ['cases :\n- a\n', undefined, undefined, 0],
    ['cases:\n  a: 1\n', undefined, undefined, 0],
    ['cases:\n\t- a\n', undefined, undefined, 0],
    ['cases:\nx- a\n', undefined, undefined, 0],
    ['%YAML 1.2\n---\ncases:\n- a\n', undefined, undefined, 0],
    ['cases:\n  - a\n - b\n', undefined, undefined, 0],
    ['cases:\n  - a\n  b\n', undefined, undefined, 0],
    ['cases:\n - a\n  - b\n', 'cases:\n', ' - a\n  - b\n', 2],
  ])('divides %j', (text, rest, piece, line) => {
    expect(splitCases(text)).toEqual(
      rest === undefined ? undefined : { rest, pieces: [{ text: piece, line }] },
    );
  });

  it.each([
    // A piece ends before the first item that begins 4096 characters behind it, or later.
    [
      [4096, 10],
      [[0], [1]],
    ],
    [
      [4095, 10, 10],
      [[0, 1], [2]],
    ],
    [
      [4097, 10],
      [[0], [1]],
    ],
    [
      [5000, 5000, 10],
      [[0], [1], [2]],
    ],
    [
      [2000, 2000, 2000, 2000],
      [[0, 1, 2], [3]],
    ],
    [
      [2048, 2048, 2048, 2048, 5],
      [[0, 1], [2, 3], [4]],
    ],
  ])('cuts items of the lengths %j', (lengths, expected) => {
    const items = lengths.map((length) => item(length));
    const pieces = expected.map((places) => ({
      text: places.map((place) => items[place]).join(''),
      line: 3 + (places[0] ?? 0),
    }));
    const text = `a: 1\ncases:\n${items.join('')}`;
    expect(splitCases(text)).toEqual({ rest: 'a: 1\ncases:\n', pieces });
    expect(splitCases(`${text}b: 2\n`)).toEqual({ rest: 'a: 1\ncases:\nb: 2\n', pieces });
  });

  it('counts the lines of what is between the items', () => {
    const first = `${item(5000)}\n  # c\n`;
    expect(splitCases(`\n\ncases:\n${first}- b\n`)?.pieces).toEqual([
      { text: first, line: 4 },
      { text: '- b\n', line: 7 },
    ]);
  });
});
