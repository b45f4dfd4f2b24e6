import type { WordAutomaton } from './word-automaton.ts';

/** One line of a log, still as bytes: a piece of `source`. */
export interface RawLine {
  readonly source: Buffer;
  readonly start: number;
  readonly end: number;
  /** Counted from 1. The pieces of an endless line share one number. */
  readonly number: number;
}

/** Longer lines are cut into pieces of this many bytes. */
const LONGEST_PIECE = 8192;
const NEWLINE = 10;

export interface LineScanner {
  readonly push: (chunk: Buffer) => void;
  /** The last line may lack its newline. */
  readonly end: () => void;
}

/**
 * Cuts a stream of bytes into lines and says which words each one has. Keeps one line at most.
 * @param onLine - `words` are indices, the same one perhaps more than once; it is valid during the call only
 */
export function createLineScanner(
  { classes, next, firstFinal, endingAt }: WordAutomaton,
  onLine: (line: RawLine, words: readonly number[]) => void,
): LineScanner {
  let carry = Buffer.alloc(0);
  let state = 0;
  let number = 1;
  let words: number[] = [];

  const emit = (source: Buffer, start: number, end: number): void => {
    if (carry.length === 0) onLine({ source, start, end, number }, words);
    else {
      const whole = Buffer.concat([carry, source.subarray(start, end)]);
      carry = Buffer.alloc(0);
      onLine({ source: whole, start: 0, end: whole.length, number }, words);
    }
    if (words.length > 0) words = [];
  };

  const push = (chunk: Buffer): void => {
    let start = 0;
    let at = 0;
    while (at < chunk.length) {
      const stop = Math.min(chunk.length, start + LONGEST_PIECE - carry.length);
      let byte = 0;
      for (; at < stop; at += 1) {
        byte = chunk[at] ?? 0;
        if (byte === NEWLINE) break;
        state = next[state + (classes[byte] ?? 0)] ?? 0;
        if (state >= firstFinal) words.push(...endingAt(state));
      }
      if (at < stop) {
        emit(chunk, start, at);
        number += 1;
        state = 0;
        at += 1;
        start = at;
      } else if (at - start + carry.length >= LONGEST_PIECE) {
        emit(chunk, start, at);
        start = at;
      }
    }
    if (start < chunk.length) carry = Buffer.concat([carry, chunk.subarray(start)]);
  };

  return {
    push,
    end: () => {
      if (carry.length > 0) emit(carry.subarray(0, 0), 0, 0);
    },
  };
}
