import {
  capturedBuffer,
  type CapturedBytes,
  type Difference,
  type HiddenDifference,
} from '../../core/index.ts';
import { normalisePair, type PairPlace } from '../normalise/normalise-pair.ts';
import type { Rewriter } from '../normalise/rewriter.ts';
import {
  excerptLine,
  firstDifference,
  showControls,
  showWhitespace,
  splitLines,
  stripNewline,
} from '../visible-text.ts';
import { decodeText } from './decode-captured.ts';
import { diffHex, firstDifferentByte, formatOffset, hexExcerpt } from './hex-diff.ts';
import { diffLines, firstDifferentLine } from './text-diff.ts';

/** How two pieces of captured output differ; the caller adds what they are. */
export interface BytesComparison {
  readonly difference?: Pick<Difference, 'left' | 'right' | 'diff'> & { readonly where: string };
  readonly hidden: readonly HiddenDifference[];
}

export interface BytesContext {
  readonly rewriters: readonly Rewriter[];
  readonly place: PairPlace;
}

/**
 * Compares two outputs or file contents: text after normalising and by line, anything else by byte.
 * Truncated ones are compared as far as both were kept, and by a digest of the rest where the former is equal.
 */
export function compareBytes(
  left: CapturedBytes,
  right: CapturedBytes,
  context: BytesContext,
): BytesComparison {
  if (left.data === right.data && left.encoding === right.encoding) {
    const difference = lengthDifference(left, right).difference ?? cutDifference(left, right);
    return { hidden: [], ...(difference === undefined ? {} : { difference }) };
  }
  const leftText = decodeText(left);
  const rightText = decodeText(right);
  if (leftText === undefined || rightText === undefined) return compareBinary(left, right);

  const pair = normalisePair(leftText, rightText, context);
  const sides = cutToKept(
    { lines: splitLines(pair.left), truncated: left.truncated },
    { lines: splitLines(pair.right), truncated: right.truncated },
  );
  const line = firstDifferentLine(sides.left, sides.right);
  if (line === undefined) {
    // Times of other widths change lengths too: only untouched output is known to differ behind the cut.
    return { hidden: pair.hidden, ...(pair.rewritten ? {} : lengthDifference(left, right)) };
  }
  const shown = showFirstLines(sides.left[line - 1], sides.right[line - 1]);
  const diff = diffLines(sides.left, sides.right, {
    leftLabel: context.place.between[0],
    rightLabel: context.place.between[1],
  });
  return {
    hidden: pair.hidden,
    difference: { where: `line ${line}`, ...shown, diff: diff + noteLengths(left, right) },
  };
}

function compareBinary(left: CapturedBytes, right: CapturedBytes): BytesComparison {
  const keep = keptLength(left, right);
  const leftBytes = capturedBuffer(left).subarray(0, keep);
  const rightBytes = capturedBuffer(right).subarray(0, keep);
  const offset = firstDifferentByte(leftBytes, rightBytes);
  if (offset === undefined) return { hidden: [], ...lengthDifference(left, right) };
  return {
    hidden: [],
    difference: {
      where: `byte ${formatOffset(offset)}`,
      left: hexExcerpt(leftBytes, offset),
      right: hexExcerpt(rightBytes, offset),
      diff: diffHex(leftBytes, rightBytes) + noteLengths(left, right),
    },
  };
}

/** Bytes that can be compared: a truncated side says nothing of what follows. */
function keptLength(left: CapturedBytes, right: CapturedBytes): number {
  const lengths = [left, right]
    .filter((side) => side.truncated)
    .map((side) => capturedBuffer(side).length);
  return Math.min(...lengths, Number.MAX_SAFE_INTEGER);
}

interface KeptLines {
  readonly lines: readonly string[];
  readonly truncated: boolean;
}

/** Drops the cut last line of a truncated side, and what the other side wrote beyond it. */
function cutToKept(
  left: KeptLines,
  right: KeptLines,
): { readonly left: readonly string[]; readonly right: readonly string[] } {
  const known = [left, right]
    .filter((side) => side.truncated)
    .map((side) => Math.max(1, side.lines.length - 1));
  const keep = Math.min(...known, Number.MAX_SAFE_INTEGER);
  return { left: left.lines.slice(0, keep), right: right.lines.slice(0, keep) };
}

function lengthDifference(
  left: CapturedBytes,
  right: CapturedBytes,
): Pick<BytesComparison, 'difference'> {
  if (left.totalBytes === right.totalBytes) return {};
  return {
    difference: {
      where: 'length',
      left: `${left.totalBytes} bytes`,
      right: `${right.totalBytes} bytes`,
    },
  };
}

/** Of what was not kept there is a digest only: it says that, not where, two such pieces differ. */
function cutDifference(
  left: CapturedBytes,
  right: CapturedBytes,
): BytesComparison['difference'] | undefined {
  if (left.cutDigest === undefined || right.cutDigest === undefined) return undefined;
  if (left.cutDigest === right.cutDigest) return undefined;
  const cut = left.totalBytes - capturedBuffer(left).length;
  const show = (digest: string): string => `${cut} bytes with the digest ${digest}`;
  const sides = { left: show(left.cutDigest), right: show(right.cutDigest) };
  return {
    where: 'bytes beyond the limit',
    ...sides,
    diff: `-${sides.left}\n+${sides.right}\n… not kept, so nothing is hidden by normalisers there; raise limits.output to see it`,
  };
}

function noteLengths(left: CapturedBytes, right: CapturedBytes): string {
  if (!left.truncated && !right.truncated) return '';
  const lengths =
    left.totalBytes === right.totalBytes
      ? `${left.totalBytes} bytes on both sides`
      : `${left.totalBytes} bytes against ${right.totalBytes}`;
  return `\n… compared as far as it was kept (${lengths})`;
}

function showFirstLines(
  left: string | undefined,
  right: string | undefined,
): { readonly left: string; readonly right: string } {
  const leftText = stripNewline(left ?? '');
  const rightText = stripNewline(right ?? '');
  const column = firstDifference(leftText, rightText);
  const onlyBlanks = leftText.replace(/\s+/g, '') === rightText.replace(/\s+/g, '');
  const show = (line: string | undefined, text: string): string => {
    if (line === undefined) return '(nothing more)';
    const shown = (onlyBlanks ? showWhitespace : showControls)(excerptLine(text, column));
    return leftText === rightText && !line.endsWith('\n') ? `${shown} (no newline)` : shown;
  };
  return { left: show(left, leftText), right: show(right, rightText) };
}
