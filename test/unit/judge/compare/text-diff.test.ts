import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffText } from '../../../../src/judge/compare/text-diff.ts';
import { measureCpuMs } from '../judge-data.ts';

const LABELS = { leftLabel: 'native', rightLabel: 'emulated' };

function numbered(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');
}

describe('diffText', () => {
  test('is a unified diff with three lines of context', () => {
    const left = numbered(20, (index) => `line ${index + 1}`);
    const right = left.replace('line 10\n', 'changed\n');
    expect(diffText(left, right, LABELS)).toBe(
      [
        '--- native',
        '+++ emulated',
        '@@ -7,7 +7,7 @@',
        ' line 7',
        ' line 8',
        ' line 9',
        '-line 10',
        '+changed',
        ' line 11',
        ' line 12',
        ' line 13',
      ].join('\n'),
    );
  });

  test('has a hunk for each place, and one for two that are near', () => {
    const left = numbered(40, (index) => `line ${index + 1}`);
    const hunks = (...changed: readonly number[]) =>
      diffText(
        left,
        changed.reduce((text, line) => text.replace(`line ${line}\n`, ''), left),
        LABELS,
      )
        .split('\n')
        .filter((line) => line.startsWith('@@'));
    expect(hunks(5, 30)).toEqual(['@@ -2,7 +2,6 @@', '@@ -27,7 +26,6 @@']);
    expect(hunks(5, 12)).toEqual(['@@ -2,14 +2,12 @@']);
    expect(hunks(5, 13)).toEqual(['@@ -2,7 +2,6 @@', '@@ -10,7 +9,6 @@']);
    expect(hunks(1)).toEqual(['@@ -1,4 +1,3 @@']);
    expect(hunks(40)).toEqual(['@@ -37,4 +37,3 @@']);
  });

  test('names of an empty side the line before it', () => {
    expect(diffText('', 'a\n', LABELS).split('\n').slice(2)).toEqual(['@@ -0,0 +1,1 @@', '+a']);
    expect(diffText('a\nb\n', '', LABELS).split('\n').slice(2)).toEqual([
      ...['@@ -1,2 +0,0 @@', '-a', '-b'],
    ]);
  });

  test('is empty for equal texts', () => {
    expect(diffText('a\n', 'a\n', LABELS)).toBe('');
  });

  test('makes whitespace visible only where nothing else differs', () => {
    const diff = diffText('a b\nc d\n', 'a  b\nc\te\n', LABELS);
    expect(diff).toContain('-a·b');
    expect(diff).toContain('+a··b');
    expect(diff).toContain('-c d');
    expect(diff).toContain('+c\te');
  });

  test('shows carriage returns, escapes and a missing newline', () => {
    expect(diffText('a\r\n', 'a\n', LABELS)).toContain('-a␍');
    expect(diffText('\u001b[31mred\n', 'red\n', LABELS)).toContain('-␛[31mred');
    expect(diffText('a\n', 'a', LABELS)).toContain('+a\n\\ No newline at end of file');
  });

  test('numbers the lines of the whole, not of what was aligned', () => {
    const left = numbered(5000, (index) => `line ${index}`);
    const right = left.replace('line 4000\n', '');
    expect(diffText(left, right, LABELS)).toContain('@@ -3998,7 +3998,6 @@');
  });

  test('shows a long line around its difference', () => {
    const long = 'x'.repeat(100_000);
    const diff = diffText(`${long}A${long}\n`, `${long}B${long}\n`, LABELS);
    expect(diff).toMatch(/^-….*xAx.*…/m);
    expect(diff).toMatch(/^\+….*xBx.*…/m);
    expect(diff.length).toBeLessThan(1000);
  });

  test.each([
    ['different lines', 20, 22],
    ['many lines', 500, 500],
    ['more than can be aligned', 5000, 5000],
  ])('is bounded and says so: %s', (_name, leftLines, rightLines) => {
    const left = numbered(leftLines, (index) => `left ${index} ${'l'.repeat(60)}`);
    const right = numbered(rightLines, (index) => `right ${index} ${'r'.repeat(60)}`);
    const diff = diffText(left, right, LABELS);
    expect(diff.split('\n').length).toBeLessThanOrEqual(200);
    expect(Buffer.byteLength(diff)).toBeLessThanOrEqual(16 * 1024);
    expect(diff.includes('the diff is cut here')).toBe(leftLines > 100);
  });

  test('says what it does not show where the sides soon have nothing in common', () => {
    const same = numbered(260, (index) => `same ${index}`);
    const other = (side: string) => `${side}\n${same}${numbered(300, (at) => `${side} ${at}`)}`;
    expect(diffText(other('left'), other('right'), LABELS).split('\n').slice(2)).toEqual([
      ...['@@ -1,4 +1,4 @@', '-left', '+right', ' same 0', ' same 1', ' same 2'],
      '… the diff is cut here: the rest is too different to be aligned',
    ]);
  });

  test('is whole with 199 lines, and cut before its 200th', () => {
    const added = (count: number) => diffText('', numbered(count, String), LABELS).split('\n');
    expect(added(196)).toHaveLength(199);
    expect(added(196).at(-1)).toBe('+195');
    expect(added(197).slice(-2)).toEqual(['+195', '… the diff is cut here']);
  });

  const lines = fc
    .array(fc.constantFrom('a', 'b', 'c', ' a', ''), { maxLength: 30 })
    .map((list) => list.join('\n'));

  test('can be applied: removing what is added gives the left side', () => {
    fc.assert(
      fc.property(lines, lines, (left, right) => {
        const body = diffText(left, right, LABELS)
          .split('\n')
          .slice(2)
          .filter((line) => /^[-+ ]/.test(line));
        const visible = (text: string): string => text.replaceAll('·', ' ');
        const removed = body.filter((line) => line.startsWith('-')).map((line) => line.slice(1));
        const kept = body.filter((line) => !line.startsWith('+')).map((line) => line.slice(1));
        expect(left.split('\n')).toEqual(expect.arrayContaining(removed.map(visible)));
        expect(`${left}\n`).toContain(left === right ? '' : visible(kept[0] ?? ''));
      }),
    );
  });

  test.each([
    ['lines', (side: string, index: number) => `${side} ${index}\n`],
    ['short lines', (side: string, index: number) => `${side}${index % 7}\n`],
    ['no newline at all', (side: string, index: number) => `${side} ${index} `],
    [
      'alternating lines',
      (side: string, index: number) => (index % 2 === 0 ? 'same\n' : `${side}${index}\n`),
    ],
  ])('a megabyte that differs everywhere is quick: %s', (_name, piece) => {
    const make = (side: string): string => {
      const parts: string[] = [];
      for (let size = 0, index = 0; size < 1_000_000; index += 1) {
        const part = piece(side, index);
        size += part.length;
        parts.push(part);
      }
      return parts.join('');
    };
    const [left, right] = [make('l'), make('r')];
    const spent = measureCpuMs(() => {
      expect(diffText(left, right, LABELS)).toContain('---');
    });
    expect(spent).toBeLessThan(1000);
  });
});
