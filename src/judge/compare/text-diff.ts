import {
  excerptLine,
  firstDifference,
  showControls,
  showWhitespace,
  splitLines,
  stripNewline,
} from '../visible-text.ts';
import { alignLines, commonPrefix, type DiffLine, type Hunk } from './align-lines.ts';

/** A diff is for people: longer than this nobody reads it, and it would fill the record. */
const MOST_LINES = 200;
const MOST_BYTES = 16 * 1024;
/** Room for the last line, which says that something was cut. */
const CUT_NOTE_BYTES = 100;

export interface DiffLabels {
  readonly leftLabel: string;
  readonly rightLabel: string;
}

/**
 * Unified diff with three lines of context, or an empty string when the texts are equal. Bounded to 200
 * lines and 16 KiB, which the last line says when it was cut. Lines that differ only in whitespace show
 * it. Time is linear in the size of the texts.
 */
export function diffText(left: string, right: string, labels: DiffLabels): string {
  return left === right ? '' : diffLines(splitLines(left), splitLines(right), labels);
}

/** {@link diffText} of texts that were split into lines with their newlines. */
export function diffLines(
  left: readonly string[],
  right: readonly string[],
  labels: DiffLabels,
): string {
  const { hunks, complete } = alignLines(left, right);
  const lines = [`--- ${labels.leftLabel}`, `+++ ${labels.rightLabel}`];
  let bytes = Buffer.byteLength(lines.join('\n'));
  for (const hunk of hunks) {
    for (const line of showHunk(hunk)) {
      bytes += Buffer.byteLength(line) + 1;
      if (lines.length >= MOST_LINES - 1 || bytes > MOST_BYTES - CUT_NOTE_BYTES) {
        return [...lines, '… the diff is cut here'].join('\n');
      }
      lines.push(line);
    }
  }
  if (!complete) lines.push('… the diff is cut here: the rest is too different to be aligned');
  return lines.join('\n');
}

/** The number (from 1) of the first line in which two lists differ, or `undefined`. */
export function firstDifferentLine(
  left: readonly string[],
  right: readonly string[],
): number | undefined {
  const prefix = commonPrefix(left, right);
  return prefix === left.length && prefix === right.length ? undefined : prefix + 1;
}

/** Renders a hunk; a run of removals that as many additions follow is shown in pairs. */
function* showHunk({ leftStart, rightStart, lines }: Hunk): Generator<string> {
  const leftCount = lines.filter(({ sign }) => sign !== '+').length;
  const rightCount = lines.filter(({ sign }) => sign !== '-').length;
  yield `@@ -${formatRange(leftStart, leftCount)} +${formatRange(rightStart, rightCount)} @@`;
  let index = 0;
  while (index < lines.length) {
    const removed = takeRun(lines, index, '-');
    const added = takeRun(lines, index + removed.length, '+');
    const common = removed.length + added.length === 0 ? takeRun(lines, index, ' ') : [];
    for (const [at, line] of removed.entries()) yield* showLine(line, added[at]?.text);
    for (const [at, line] of added.entries()) yield* showLine(line, removed[at]?.text);
    for (const line of common) yield* showLine(line, undefined);
    index += removed.length + added.length + common.length;
  }
}

/** An empty range names the line before it, as diff(1) does. */
function formatRange(start: number, count: number): string {
  return count === 0 ? `${start - 1},0` : `${start},${count}`;
}

function takeRun(lines: readonly DiffLine[], start: number, sign: DiffLine['sign']): DiffLine[] {
  let end = start;
  while (lines[end]?.sign === sign) end += 1;
  return lines.slice(start, end);
}

function* showLine({ sign, text }: DiffLine, counterpart: string | undefined): Generator<string> {
  const own = stripNewline(text);
  if (counterpart === undefined) {
    yield sign + showControls(excerptLine(own));
  } else {
    const other = stripNewline(counterpart);
    const show = differInWhitespace(own, other) ? showWhitespace : showControls;
    yield sign + show(excerptLine(own, firstDifference(own, other)));
  }
  if (!text.endsWith('\n')) yield String.raw`\ No newline at end of file`;
}

function differInWhitespace(left: string, right: string): boolean {
  return left !== right && left.replace(/\s+/g, '') === right.replace(/\s+/g, '');
}
