import { splitLines, stripNewline } from '../visible-text.ts';

/** Two words in corresponding places that differ, with the lines they stand in. */
export interface TokenPair {
  readonly left: string;
  readonly right: string;
  readonly leftLine: string;
  readonly rightLine: string;
}

/** Lines and words beyond these are not looked at: an explanation shows early or not at all. */
const MOST_LINES = 200;
const LONGEST_LINE = 2000;

/**
 * The words that differ between two texts, in pairs, or `undefined` when the texts do not correspond
 * (a line or word more on one side): then nothing can be read from them.
 */
export function pairTokens(left: string, right: string): TokenPair[] | undefined {
  const leftLines = splitLines(left).map(stripNewline);
  const rightLines = splitLines(right).map(stripNewline);
  if (leftLines.length !== rightLines.length) return undefined;
  const pairs: TokenPair[] = [];
  let lines = 0;
  for (const [index, leftLine] of leftLines.entries()) {
    const rightLine = rightLines[index] ?? '';
    if (leftLine === rightLine) continue;
    lines += 1;
    if (lines > MOST_LINES || leftLine.length > LONGEST_LINE || rightLine.length > LONGEST_LINE) {
      return undefined;
    }
    const found = pairWords(leftLine, rightLine);
    if (found === undefined) return undefined;
    pairs.push(...found);
  }
  return pairs;
}

function pairWords(leftLine: string, rightLine: string): TokenPair[] | undefined {
  const left = splitWords(leftLine);
  const right = splitWords(rightLine);
  if (left.length !== right.length) return undefined;
  return left.flatMap((word, index) => {
    const other = right[index] ?? '';
    return word === other ? [] : [{ left: word, right: other, leftLine, rightLine }];
  });
}

/** Words keep their sign, point and exponent: `x=-1.5e-3,` gives `x` and `-1.5e-3`. */
function splitWords(line: string): string[] {
  return line
    .split(/[\s,;=:()[\]{}<>"'`|]+/)
    .map((word) => word.replace(/\.$/, ''))
    .filter((word) => word !== '');
}
