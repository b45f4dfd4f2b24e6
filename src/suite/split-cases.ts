/** Lines of a suite that hold whole items of its list of cases. */
export interface CasesPiece {
  readonly text: string;
  /** The line of the file that it begins with, from 1. */
  readonly line: number;
}

/** A suite's text, its list of cases cut into pieces. */
export interface SplitSuite {
  /** Everything else; its `cases:` is empty. */
  readonly rest: string;
  readonly pieces: readonly CasesPiece[];
}

/** Characters of a piece, or one item if that is longer. */
const PIECE_LENGTH = 4 * 1024;

const CASES_LINE = /^cases:[ \t]*(?:#[^\n]*)?\r?\n/m;
/** Directives may change what every line means. */
const DIRECTIVE_LINE = /^%/m;
const ITEM_LINE = /^( *)-[ \t\r\n]/;

/**
 * Cuts the list of cases where its items begin. It looks at indentation alone: a cut may go through
 * something that reaches over lines, which then is no YAML in at least one of the pieces; pieces that
 * all are YAML mean what the whole means, when no alias connects them.
 * @returns `undefined` when the list is not written as one item below the other
 */
export function splitCases(text: string): SplitSuite | undefined {
  const found = CASES_LINE.exec(text);
  if (found === null || DIRECTIVE_LINE.test(text)) return undefined;
  const begin = found.index + found[0].length;
  const pieces: CasesPiece[] = [];
  let indent: string | undefined;
  let pieceStart = begin;
  let line = countLines(text, begin) + 1;
  let pieceLine = line;
  let at = begin;
  for (; at < text.length; line += 1) {
    const next = endOfLine(text, at);
    const words = text.slice(at, next);
    const item = ITEM_LINE.exec(words)?.[1];
    if (indent === undefined && item !== undefined) indent = item;
    const beginsItem = item !== undefined && item === indent;
    if (!beginsItem && !continuesItem(words, indent)) break;
    if (beginsItem && at - pieceStart >= PIECE_LENGTH) {
      pieces.push({ text: text.slice(pieceStart, at), line: pieceLine });
      pieceStart = at;
      pieceLine = line;
    }
    at = next;
  }
  // What follows must be a key of the suite, not a badly indented part of the last item.
  if (indent === undefined || text.startsWith(' ', at)) return undefined;
  pieces.push({ text: text.slice(pieceStart, at), line: pieceLine });
  return { rest: text.slice(0, begin) + text.slice(at), pieces };
}

/** Whether a line that begins no item belongs to what came before: empty, a comment, or further in. */
function continuesItem(words: string, indent: string | undefined): boolean {
  if (/^ *(?:#|\r?\n|$)/.test(words)) return true;
  return indent !== undefined && words.startsWith(`${indent} `);
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end + 1;
}

function countLines(text: string, end: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) {
    lines += 1;
  }
  return lines;
}
