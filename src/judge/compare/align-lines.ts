import { diffArrays } from 'diff';

const CONTEXT = 3;
/**
 * Edits that are looked for. A diff shows 200 lines at most; the work grows with the square of this.
 * Counted, not timed, so that a replay gives the same diff.
 */
const MOST_EDITS = 400;
/** Lines of each side that are aligned when the whole is too different. */
const WINDOW = 250;

/** One line of a diff with its newline, removed (`-`), added (`+`) or common (blank). */
export interface DiffLine {
  readonly sign: '-' | '+' | ' ';
  readonly text: string;
}

/** Lines that belong together; starts count from 1. */
export interface Hunk {
  readonly leftStart: number;
  readonly rightStart: number;
  readonly lines: readonly DiffLine[];
}

export interface Alignment {
  readonly hunks: readonly Hunk[];
  /** Whether everything was aligned, or only the lines around the first difference. */
  readonly complete: boolean;
}

/** Aligns two lists of lines into hunks with three lines of context. */
export function alignLines(left: readonly string[], right: readonly string[]): Alignment {
  const prefix = commonPrefix(left, right);
  const suffix = commonSuffix(left, right, prefix);
  const middle = {
    left: left.slice(prefix, left.length - suffix),
    right: right.slice(prefix, right.length - suffix),
  };
  const whole = diffArrays(middle.left, middle.right, { maxEditLength: MOST_EDITS });
  const changes = whole ?? diffArrays(middle.left.slice(0, WINDOW), middle.right.slice(0, WINDOW));
  const start = Math.max(0, prefix - CONTEXT);
  const lines: DiffLine[] = left.slice(start, prefix).map(common);
  for (const { value, added, removed } of changes) {
    const sign = added ? '+' : removed ? '-' : ' ';
    for (const text of value) lines.push({ sign, text });
  }
  if (whole !== undefined) {
    lines.push(
      ...left
        .slice(left.length - suffix)
        .slice(0, CONTEXT)
        .map(common),
    );
  }
  return { hunks: splitHunks(lines, start), complete: whole !== undefined };
}

/** Lines that two lists have in common at their start. */
export function commonPrefix(left: readonly string[], right: readonly string[]): number {
  const shorter = Math.min(left.length, right.length);
  let count = 0;
  while (count < shorter && left[count] === right[count]) count += 1;
  return count;
}

function commonSuffix(left: readonly string[], right: readonly string[], prefix: number): number {
  const most = Math.min(left.length, right.length) - prefix;
  let count = 0;
  while (count < most && left[left.length - 1 - count] === right[right.length - 1 - count]) {
    count += 1;
  }
  return count;
}

function common(text: string): DiffLine {
  return { sign: ' ', text };
}

/** Cuts where more common lines follow each other than two contexts hold. */
function splitHunks(lines: readonly DiffLine[], skipped: number): Hunk[] {
  const changed = lines.flatMap(({ sign }, index) => (sign === ' ' ? [] : [index]));
  const ranges: { start: number; end: number }[] = [];
  for (const index of changed) {
    const start = Math.max(0, index - CONTEXT);
    const end = Math.min(lines.length, index + CONTEXT + 1);
    const last = ranges.at(-1);
    if (last !== undefined && start <= last.end) last.end = end;
    else ranges.push({ start, end });
  }
  const hunks: Hunk[] = [];
  let leftLine = skipped + 1;
  let rightLine = skipped + 1;
  let at = 0;
  const advance = (until: number): void => {
    for (; at < until; at += 1) {
      if (lines[at]?.sign !== '+') leftLine += 1;
      if (lines[at]?.sign !== '-') rightLine += 1;
    }
  };
  for (const { start, end } of ranges) {
    advance(start);
    hunks.push({ leftStart: leftLine, rightStart: rightLine, lines: lines.slice(start, end) });
  }
  return hunks;
}
