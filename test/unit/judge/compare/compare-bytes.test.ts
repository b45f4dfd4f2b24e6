import { describe, expect, test } from 'vitest';
import type { CapturedBytes, Normaliser } from '../../../../src/core/index.ts';
import { compareBytes } from '../../../../src/judge/compare/compare-bytes.ts';
import { cutToCommonLines } from '../../../../src/judge/compare/cut-to-common-lines.ts';
import { decodeText } from '../../../../src/judge/compare/decode-captured.ts';
import { createRewriters } from '../../../../src/judge/normalise/normalise-pair.ts';
import { capture } from '../judge-data.ts';

const DIGITS: Normaliser = { replace: '\\d+', with: 'n' };

function compare(
  left: CapturedBytes,
  right: CapturedBytes,
  normalisers: readonly Normaliser[] = [],
) {
  return compareBytes(left, right, {
    rewriters: createRewriters(normalisers, { platforms: ['linux/amd64', 'linux/arm64'] }),
    place: { between: ['native', 'emulated'], what: 'stdout' },
  });
}

const bytes = (...list: readonly number[]): Buffer => Buffer.from(list);
const NOTHING = { hidden: [] };

/** A difference with a diff of its lines; a note may follow. */
function line(number: number, left: string, right: string, diff: readonly string[]) {
  const text = ['--- native', '+++ emulated', ...diff].join('\n');
  return { hidden: [], difference: { where: `line ${String(number)}`, left, right, diff: text } };
}

function length(left: number, right: number) {
  const sides = { left: `${String(left)} bytes`, right: `${String(right)} bytes` };
  return { hidden: [], difference: { where: 'length', ...sides } };
}

describe('text', () => {
  test.each<readonly [string, CapturedBytes, CapturedBytes, unknown]>([
    ['equal', capture('a\n'), capture('a\n'), NOTHING],
    ['empty', capture(''), capture(''), NOTHING],
    [
      'that ends without a newline',
      capture('a b\n'),
      capture('a b'),
      line(1, 'a·b', 'a·b (no newline)', [
        ...['@@ -1,1 +1,1 @@', '-a b', '+a b', String.raw`\ No newline at end of file`],
      ]),
    ],
    [
      'that differs before a missing newline',
      capture('a'),
      capture('b\n'),
      line(1, 'a', 'b', ['@@ -1,1 +1,1 @@', '-a', String.raw`\ No newline at end of file`, '+b']),
    ],
    [
      'that differs in blanks alone',
      capture('a b\tc\n'),
      capture('ab c\n'),
      line(1, 'a·b→c', 'ab·c', ['@@ -1,1 +1,1 @@', '-a·b→c', '+ab·c']),
    ],
    [
      'that differs in blanks and letters',
      capture('a b\n'),
      capture('a  c\n'),
      line(1, 'a b', 'a  c', ['@@ -1,1 +1,1 @@', '-a b', '+a  c']),
    ],
    [
      'that ends earlier on the left',
      capture('a\n'),
      capture('a\n \n'),
      line(2, '(nothing more)', '·', ['@@ -1,1 +1,2 @@', ' a', '+ ']),
    ],
    [
      'that ends earlier on the right',
      capture('a\nb'),
      capture('a\n'),
      line(2, 'b', '(nothing more)', [
        ...['@@ -1,2 +1,1 @@', ' a', '-b', String.raw`\ No newline at end of file`],
      ]),
    ],
  ])('%s', (_name, left, right, expected) => {
    expect(compare(left, right)).toEqual(expected);
  });

  test('shows a long line around its difference', () => {
    const [left, right] = ['l', 'r'].map((side) =>
      capture(`${'x'.repeat(500)}${side}${'x'.repeat(500)}\n`),
    );
    const { difference } = compare(left ?? capture(''), right ?? capture(''));
    const shown = (side: string) =>
      `…${'x'.repeat(50)}${side}${'x'.repeat(149)}… (1001 characters)`;
    expect(difference).toMatchObject({ left: shown('l'), right: shown('r') });
  });
});

describe('what was not kept', () => {
  const [one, two] = ['00000000000000aa', '00000000000000bb'];
  test.each<readonly [string, CapturedBytes, CapturedBytes, unknown]>([
    ['of equal lengths', capture('a\n', 9), capture('a\n', 9), NOTHING],
    ['of other lengths', capture('a\n', 9), capture('a\n', 8), length(9, 8)],
    ['with equal digests', capture('a\n', 9, one), capture('a\n', 9, one), NOTHING],
    ['with a digest on the left', capture('a\n', 9, one), capture('a\n', 9), NOTHING],
    ['with a digest on the right', capture('a\n', 9), capture('a\n', 9, one), NOTHING],
    [
      'with other digests and lengths',
      capture('a\n', 9, one),
      capture('a\n', 8, two),
      length(9, 8),
    ],
    [
      'with other digests',
      capture('€\n', 9, one),
      capture('€\n', 9, two),
      {
        hidden: [],
        difference: {
          where: 'bytes beyond the limit',
          left: `5 bytes with the digest ${one}`,
          right: `5 bytes with the digest ${two}`,
          diff: [
            `-5 bytes with the digest ${one}`,
            `+5 bytes with the digest ${two}`,
            '… not kept, so nothing is hidden by normalisers there; raise limits.output to see it',
          ].join('\n'),
        },
      },
    ],
    ['behind a cut last line', capture('a\nb', 9), capture('a\nc\n'), length(9, 4)],
    ['behind a cut last line of the other', capture('a\nc\n'), capture('a\nb', 9), length(4, 9)],
    ['behind two cut last lines', capture('a\nb', 9), capture('a\ncc\nd', 9), NOTHING],
    [
      'behind the only line',
      capture('a', 9),
      capture('b', 9),
      line(1, 'a', 'b', [
        ...['@@ -1,1 +1,1 @@', '-a', String.raw`\ No newline at end of file`],
        ...['+b', String.raw`\ No newline at end of file`],
        '… compared as far as it was kept (9 bytes on both sides)',
      ]),
    ],
    [
      'of one side, behind a difference',
      capture('a\nb\n', 9),
      capture('c\nb\n'),
      line(1, 'a', 'c', [
        ...['@@ -1,1 +1,1 @@', '-a', '+c'],
        '… compared as far as it was kept (9 bytes against 4)',
      ]),
    ],
    [
      'of the other side, behind a difference',
      capture('c\nb\n'),
      capture('a\nb\n', 9),
      line(1, 'c', 'a', [
        ...['@@ -1,1 +1,1 @@', '-c', '+a'],
        '… compared as far as it was kept (4 bytes against 9)',
      ]),
    ],
  ])('%s', (_name, left, right, expected) => {
    expect(compare(left, right)).toEqual(expected);
  });

  test('may be longer by what normalisers rewrote', () => {
    const longer = compare(capture('1\nb\n', 9), capture('12\nb\n', 8), [DIGITS]);
    expect(longer).not.toHaveProperty('difference');
    expect(longer.hidden).toMatchObject([{ left: '1', right: '12', count: 2 }]);
    expect(compare(capture('a\nb', 9), capture('a\nc', 8), [DIGITS])).toEqual(length(9, 8));
  });
});

describe('bytes', () => {
  const at = (where: string, left: string, right: string, diff: readonly string[]) => ({
    hidden: [],
    difference: { where: `byte ${where}`, left, right, diff: diff.join('\n') },
  });
  const row = (sign: string, hex: string, text: string) =>
    `${sign}00000000  ${hex.padEnd(47)}  |${text}|`;

  test.each<readonly [string, CapturedBytes, CapturedBytes, unknown]>([
    ['equal', capture(bytes(0xff, 1)), capture(bytes(0xff, 1)), NOTHING],
    [
      'against text that looks like their encoding',
      capture('/w=='),
      capture(bytes(0xff)),
      at('0x0', '2f 77 3d 3d', 'ff', [row('-', '2f 77 3d 3d', '/w=='), row('+', 'ff', '.')]),
    ],
    [
      'that end earlier',
      capture(bytes(0xff)),
      capture(bytes(0xff, 0x41)),
      at('0x1', '(ends after 1 bytes)', '41', [row('-', 'ff', '.'), row('+', 'ff 41', '.A')]),
    ],
    [
      'as far as the left was kept',
      capture(bytes(0xff, 1), 9),
      capture(bytes(0xff, 1, 2)),
      length(9, 3),
    ],
    [
      'as far as the right was kept',
      capture(bytes(0xff, 1, 2)),
      capture(bytes(0xff, 1), 9),
      length(3, 9),
    ],
    [
      'as far as both were kept',
      capture(bytes(0xff, 0xfe, 0xfd, 1), 9),
      capture(bytes(0xff, 0xfe, 0xfd, 1, 2), 9),
      NOTHING,
    ],
    [
      'with a note of what was not kept',
      capture(bytes(0xff, 0xfe, 0xfd, 0xfc, 1), 9),
      capture(bytes(0xff, 0xfe, 0xfd, 0xfc, 2), 9),
      at('0x4', '01', '02', [
        row('-', 'ff fe fd fc 01', '.....'),
        row('+', 'ff fe fd fc 02', '.....'),
        '… compared as far as it was kept (9 bytes on both sides)',
      ]),
    ],
  ])('%s', (_name, left, right, expected) => {
    expect(compare(left, right)).toEqual(expected);
  });
});

test.each([
  [
    'a character of four bytes without its last',
    capture(Buffer.from('a😀').subarray(0, 4), 9),
    'a',
  ],
  ['a character of four bytes without two', capture(Buffer.from('a😀').subarray(0, 3), 9), 'a'],
  ['a character of four bytes without three', capture(Buffer.from('a😀').subarray(0, 2), 9), 'a'],
  ['nothing but such a character', capture(Buffer.from('😀').subarray(0, 3), 9), ''],
  ['a character that goes on too long', capture(bytes(0x41, 0xff, 0xff, 0xff, 0xff), 9), undefined],
  ['a byte order mark and a cut character', capture(bytes(0xef, 0xbb, 0xbf, 0xc3), 9), '\uFEFF'],
  ['such a character in bytes that are all', capture(Buffer.from('a😀').subarray(0, 4)), undefined],
])('text that ends with %s', (_name, captured, text) => {
  expect(decodeText(captured)).toBe(text);
});

test.each<readonly [string, string | Buffer, string | Buffer, readonly unknown[]]>([
  ['the left is shorter', 'a\nb', 'c\nd\ne\n', ['a\n', 'c\n']],
  ['the right is shorter', 'a\nb\nc\n', 'd\ne\n', ['a\nb\n', 'd\ne\n']],
  ['one has no whole line', 'a', 'b\n', ['', '']],
  ['the left is no text', bytes(0xff, 10), 'a\nb', ['/wo=', 'a\nb']],
  ['the right is no text', 'a\nb', bytes(0xff, 10), ['a\nb', '/wo=']],
])('lines that both have where %s', (_name, left, right, expected) => {
  const cut = cutToCommonLines(capture(left), capture(right));
  expect(cut.map(({ data }) => data)).toEqual(expected);
});
