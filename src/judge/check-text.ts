import type { CheckFailure, TextExpectation } from '../core/index.ts';
import { findPattern } from './re2-pattern.ts';
import {
  excerptLine,
  firstDifference,
  showControls,
  showWhitespace,
  splitLines,
  stripNewline,
} from './visible-text.ts';

/** Lines that are searched for the one nearest to what was expected. */
const NEAREST_SEARCH = 2000;
const SHORT = 120;
/** Of a text that should be empty. */
const MAX_LINES = 200;

/** A text under check, e.g. `stdout` or `/out/x: content`. */
export interface CheckedText {
  readonly name: string;
  readonly text: string;
  /** Added to what is shown, e.g. that the output was truncated. */
  readonly note?: string;
}

/**
 * Evaluates an expectation on a text; each member of a list fails on its own.
 * @throws ArchParityError `PATTERN_INVALID` (exit 2)
 */
export function checkText(checked: CheckedText, expectation: TextExpectation): CheckFailure[] {
  if (isList(expectation)) return expectation.flatMap((member) => checkText(checked, member));
  if (meetsText(checked.text, expectation)) return [];
  const failure = explainFailure(checked, expectation);
  const note = checked.note === undefined ? '' : ` (${checked.note})`;
  return [
    {
      check: `${checked.name} ${describeExpectation(expectation)}`,
      ...failure,
      actual: failure.actual + note,
    },
  ];
}

function isList(expectation: TextExpectation): expectation is readonly TextExpectation[] {
  return Array.isArray(expectation);
}

/**
 * Whether an expectation holds.
 * @throws ArchParityError `PATTERN_INVALID` (exit 2)
 */
export function meetsText(text: string, expectation: TextExpectation): boolean {
  if (isList(expectation)) return expectation.every((member) => meetsText(text, member));
  if ('contains' in expectation) return text.includes(expectation.contains);
  if ('equals' in expectation) return text === expectation.equals;
  if ('matches' in expectation) return findPattern(expectation.matches, text) !== undefined;
  return !meetsText(text, expectation.not);
}

/** An expectation as the suite says it, on one line. */
function describeExpectation(expectation: TextExpectation): string {
  if (isList(expectation)) return expectation.map(describeExpectation).join(' and ');
  if ('contains' in expectation) return `contains ${oneLine(expectation.contains)}`;
  if ('equals' in expectation)
    return `equals ${expectation.equals === '' ? 'nothing' : oneLine(expectation.equals)}`;
  if ('matches' in expectation) return `matches ${oneLine(expectation.matches)}`;
  return `not ${describeExpectation(expectation.not)}`;
}

type Explained = Pick<CheckFailure, 'expected' | 'actual' | 'at'>;

function explainFailure(
  { text }: CheckedText,
  expectation: Exclude<TextExpectation, readonly TextExpectation[]>,
): Explained {
  if ('equals' in expectation) return explainUnequal(text, expectation.equals);
  if ('not' in expectation) {
    const expected = describeExpectation(expectation);
    const offset = locate(text, expectation.not);
    if (offset === undefined) return { expected, actual: showStart(text) };
    const { line, number } = lineAt(text, offset);
    return { expected, actual: line, at: `line ${number}` };
  }
  const wanted = 'contains' in expectation ? expectation.contains : expectation.matches;
  const nearest = findNearestLine(text, wanted);
  const expected = describeExpectation(expectation);
  if (nearest === undefined) return { expected, actual: showStart(text) };
  return { expected, actual: nearest.line, at: `line ${nearest.number}` };
}

function explainUnequal(text: string, wanted: string): Explained {
  // All of what should not be there, not its first line alone.
  if (wanted === '') return { expected: '(nothing)', actual: excerptLines(text) };
  const actualLines = splitLines(text);
  const wantedLines = splitLines(wanted);
  let index = 0;
  while (index < wantedLines.length && actualLines[index] === wantedLines[index]) index += 1;
  const left = wantedLines[index];
  const right = actualLines[index];
  const column = firstDifference(left ?? '', right ?? '');
  const onlyBlanks = left?.trim() === right?.trim();
  const show = (line: string | undefined): string => {
    if (line === undefined) return '(nothing more)';
    const shown = (onlyBlanks ? showWhitespace : showControls)(
      excerptLine(stripNewline(line), column),
    );
    return onlyBlanks && !line.endsWith('\n') ? `${shown} (no newline)` : shown;
  };
  return { expected: show(left), actual: show(right), at: `line ${index + 1}` };
}

/** The first lines of a text, each shortened. */
function excerptLines(text: string): string {
  const lines = splitLines(text).slice(0, MAX_LINES);
  return lines.map((line) => showControls(excerptLine(stripNewline(line)))).join('\n');
}

/** Where what must not be there is, when it is one thing. */
function locate(text: string, expectation: TextExpectation): number | undefined {
  if (isList(expectation)) return undefined;
  if ('contains' in expectation) return text.indexOf(expectation.contains);
  if ('matches' in expectation) return findPattern(expectation.matches, text);
  return undefined;
}

function lineAt(text: string, offset: number): { readonly line: string; readonly number: number } {
  const start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  const line = text.slice(start, end === -1 ? text.length : end);
  const number = splitLines(text.slice(0, start)).length + 1;
  return { line: showControls(excerptLine(line, offset - start)), number };
}

/** The line that shares most words with what was wanted; `undefined` when none shares any. */
function findNearestLine(
  text: string,
  wanted: string,
): { readonly line: string; readonly number: number } | undefined {
  const words = new Set(wordsOf(wanted));
  let best: { line: string; number: number; score: number } | undefined;
  for (const [index, line] of splitLines(text).slice(0, NEAREST_SEARCH).entries()) {
    const own = wordsOf(line.slice(0, 1000));
    const shared = new Set(own.filter((word) => words.has(word))).size;
    const score = shared / (1 + own.length / 1000);
    if (score > (best?.score ?? 0)) best = { line, number: index + 1, score };
  }
  if (best === undefined) return undefined;
  return { line: showControls(excerptLine(stripNewline(best.line))), number: best.number };
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z]{2,}|\d+/g) ?? [];
}

function showStart(text: string): string {
  if (text === '') return '(empty)';
  const lines = splitLines(text);
  const shown = lines
    .slice(0, 3)
    .map((line) => showControls(excerptLine(stripNewline(line), 0, SHORT)));
  return lines.length > 3 ? `${shown.join('\n')}\n… (${lines.length} lines)` : shown.join('\n');
}

function oneLine(text: string): string {
  return excerptLine(text.replaceAll('\n', String.raw`\n`), 0, SHORT);
}
