import { expect, test } from 'vitest';
import {
  excerptLine,
  firstDifference,
  showControls,
  showWhitespace,
  splitLines,
  stripNewline,
} from '../../../src/judge/visible-text.ts';

test('control characters become pictures, tabs and newlines stay', () => {
  expect(showControls('\u0000\u001b[1m\r\u007f\t\n')).toBe('␀␛[1m␍␡\t\n');
  expect(showWhitespace('a \tb')).toBe('a·→b');
});

test('lines keep their newline', () => {
  expect(splitLines('a\n\nb')).toEqual(['a\n', '\n', 'b']);
  expect(splitLines('')).toEqual([]);
  expect(splitLines('\n')).toEqual(['\n']);
});

test('an excerpt has the column in it', () => {
  const line = `${'a'.repeat(500)}X${'b'.repeat(500)}`;
  expect(excerptLine(line, 500)).toContain('X');
  expect(excerptLine(line, 0)).toBe(`${'a'.repeat(200)}… (1001 characters)`);
  expect(excerptLine('short', 3)).toBe('short');
  expect(excerptLine(line, 1001)).toBe(`…${'b'.repeat(200)}`);
  expect(excerptLine(line, 500, 8)).toBe('…aaXbbbbb… (1001 characters)');
  expect(excerptLine('a'.repeat(200))).toBe('a'.repeat(200));
});

test('an excerpt never ends within a character', () => {
  const line = 'a' + '😀'.repeat(300);
  expect(excerptLine(line, 0, 10).isWellFormed()).toBe(true);
});

test('a line is without its newline', () => {
  expect(['a\n', 'a', '\n', '', 'a\n\n'].map(stripNewline)).toEqual(['a', 'a', '', '', 'a\n']);
});

test.each([
  ['abc', 'abd', 2],
  ['abc', 'abc', 3],
  ['', 'x', 0],
  ['', '', 0],
  ['abc', 'ab', 2],
])('%j and %j part at %i', (left, right, at) => {
  expect(firstDifference(left, right)).toBe(at);
});
