import { describe, expect, test } from 'vitest';
import { alignLines, commonPrefix } from '../../../../src/judge/compare/align-lines.ts';
import { diffHex } from '../../../../src/judge/compare/hex-diff.ts';
import { diffText, firstDifferentLine } from '../../../../src/judge/compare/text-diff.ts';

const LABELS = { leftLabel: 'l', rightLabel: 'r' };

/** Words as lines, and hunks as one word each: `@left,right` and the signed lines. */
function align(left: string, right: string) {
  const split = (text: string): string[] => text.split(' ').filter(Boolean);
  const { complete, hunks } = alignLines(split(left), split(right));
  expect(complete).toBe(true);
  return hunks.map(({ leftStart, lines, rightStart }) =>
    [
      `@${String(leftStart)},${String(rightStart)}`,
      ...lines.map(({ sign, text }) => `${sign === ' ' ? '=' : sign}${text}`),
    ].join(' '),
  );
}

test.each<readonly [string, string, readonly string[]]>([
  ['', '', []],
  ['a b', 'a b', []],
  ['', 'a', ['@1,1 +a']],
  ['a', '', ['@1,1 -a']],
  ['a', 'b', ['@1,1 -a +b']],
  ['a b a', 'a', ['@1,1 =a -b -a']],
  ['a', 'a b a', ['@1,1 =a +b +a']],
  ['a a', 'a a a', ['@1,1 =a =a +a']],
  ['a a a', 'a a', ['@1,1 =a =a -a']],
  ['x b', 'y b', ['@1,1 -x +y =b']],
  ['1 2 3 4 x', '1 2 3 4 y', ['@2,2 =2 =3 =4 -x +y']],
  ['1 2 3 x', '1 2 3 y', ['@1,1 =1 =2 =3 -x +y']],
  ['x 1 2 3 4', 'y 1 2 3 4', ['@1,1 -x +y =1 =2 =3']],
  ['x 1 2 3', 'y 1 2 3', ['@1,1 -x +y =1 =2 =3']],
  ['x 1 2 3 4 5 6 y', 'X 1 2 3 4 5 6 Y', ['@1,1 -x +X =1 =2 =3 =4 =5 =6 -y +Y']],
  ['x 1 2 3 4 5 6 7 y', 'X 1 2 3 4 5 6 7 Y', ['@1,1 -x +X =1 =2 =3', '@6,6 =5 =6 =7 -y +Y']],
  ['x 1 2 3 4 5 6 7 y', '1 2 3 4 5 6 7 Y', ['@1,1 -x =1 =2 =3', '@6,5 =5 =6 =7 -y +Y']],
  ['1 2 3 4 5 6 7 y', 'x 1 2 3 4 5 6 7 Y', ['@1,1 +x =1 =2 =3', '@5,6 =5 =6 =7 -y +Y']],
])('%j and %j are %j', (left, right, hunks) => {
  expect(align(left, right)).toEqual(hunks);
});

test('lists that are too different are aligned at their first difference', () => {
  const list = (side: string) => [
    ...Array.from({ length: 10 }, (_, at) => `same ${String(at)}`),
    ...Array.from({ length: 300 }, (_, at) => `${side} ${String(at)}`),
    'last',
  ];
  const { complete, hunks } = alignLines(list('left'), list('right'));
  expect(complete).toBe(false);
  expect(hunks).toHaveLength(1);
  const [{ leftStart, lines, rightStart } = { leftStart: 0, lines: [], rightStart: 0 }] = hunks;
  expect([leftStart, rightStart, lines.length]).toEqual([8, 8, 503]);
  expect([lines[3], lines[252], lines[253], lines.at(-1)]).toEqual([
    { sign: '-', text: 'left 0' },
    { sign: '-', text: 'left 249' },
    { sign: '+', text: 'right 0' },
    { sign: '+', text: 'right 249' },
  ]);
});

test.each([
  [[], [], 0, undefined],
  [['a'], [], 0, 1],
  [[], ['a'], 0, 1],
  [['a'], ['a'], 1, undefined],
  [['a', 'b'], ['a'], 1, 2],
  [['a'], ['a', 'b'], 1, 2],
  [['a', 'b'], ['a', 'c'], 1, 2],
  [['b', 'a'], ['c', 'a'], 0, 1],
])('%j and %j have %i lines in common and differ first in %s', (left, right, prefix, line) => {
  expect(commonPrefix(left, right)).toBe(prefix);
  expect(firstDifferentLine(left, right)).toBe(line);
});

describe('a diff', () => {
  const body = (left: string, right: string) => diffText(left, right, LABELS).split('\n').slice(3);

  test.each<readonly [string, string, string, readonly string[]]>([
    ['pairs as many as there are', 'a b\nc\n', 'a  b\n', ['-a·b', '-c', '+a··b']],
    ['pairs the others the same way', 'a b\n', 'a  b\nc\n', ['-a·b', '+a··b', '+c']],
    ['pairs the second with the second', 'x\na b\n', 'y\na\tb\n', ['-x', '-a·b', '+y', '+a→b']],
    [
      'shows no blanks where lines are equal',
      'a b\n',
      'a b',
      [...['-a b', '+a b', String.raw`\ No newline at end of file`]],
    ],
    ['shows no blanks of lines without a partner', 'a b\n', '', ['-a b']],
    ['shows blanks where one side has none', 'ab\n', 'a b\n', ['-ab', '+a·b']],
    ['shows control characters of common lines', '\u0007\na\n', '\u0007\nb\n', [' ␇', '-a', '+b']],
    [
      'shows the beginning of a long line without a partner',
      'x'.repeat(201),
      '',
      [...[`-${'x'.repeat(200)}… (201 characters)`, String.raw`\ No newline at end of file`]],
    ],
  ])('%s', (_name, left, right, expected) => {
    expect(body(left, right)).toEqual(expected);
  });

  const CUT = '… the diff is cut here';
  const added = (count: number, width = 1, last = width) =>
    `${`${'x'.repeat(width)}\n`.repeat(count - 1)}${'x'.repeat(last)}\n`;

  test.each<readonly [string, string, number, boolean]>([
    ['196 lines', added(196), 199, false],
    ['197 lines', added(197), 200, true],
    ['as many bytes as there may be', added(81, 200, 94), 84, false],
    ['a byte more', added(81, 200, 95), 84, true],
  ])('%s', (_name, right, lines, isCut) => {
    const diff = diffText('', right, LABELS);
    expect(diff.split('\n')).toHaveLength(lines);
    expect(diff.endsWith(CUT)).toBe(isCut);
  });

  test('says that the rest is too different', () => {
    const list = (side: string) => `${side}\n`.repeat(150) + `${side}${side}\n`.repeat(150);
    const diff = diffText('same\n'.repeat(3), list('a'), LABELS);
    expect(diff.endsWith(CUT)).toBe(true);
  });
});

test.each<readonly [string, number, number, readonly string[]]>([
  ['a shorter left side', 95, 97, ['… 1 more bytes']],
  ['a shorter right side', 97, 95, ['… 1 more bytes']],
  ['sides that are shown whole', 95, 96, []],
])('hex lines of %s', (_name, left, right, rest) => {
  const lines = diffHex(
    Buffer.concat([Buffer.from('l'), Buffer.alloc(left - 1)]),
    Buffer.alloc(right),
  );
  expect(lines.split('\n').filter((line) => line.startsWith('…'))).toEqual(rest);
  expect(lines.split('\n')[0]).toBe(
    '-00000000  6c 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  |l...............|',
  );
});
