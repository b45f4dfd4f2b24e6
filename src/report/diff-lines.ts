import { escapeControlInLines } from './escape-control.ts';
import type { Palette } from './palette.ts';

/**
 * The lines of a unified diff, ready to print: the base lane's lines red, the other's green, tabs and trailing
 * blanks visible, and every blank visible where lines differ in nothing else.
 */
export function formatDiff(lines: readonly string[], palette: Palette): readonly string[] {
  const output: string[] = [];
  for (let place = 0; place < lines.length;) {
    const removed = takeWhile(lines, place, '-');
    const added = takeWhile(lines, place + removed.length, '+');
    const onlyBlanks = removed.length > 0 && sameButBlanks(removed, added);
    output.push(...removed.map((line) => palette.left(showBlanks(line, onlyBlanks))));
    output.push(...added.map((line) => palette.right(showBlanks(line, onlyBlanks))));
    place += removed.length + added.length;
    const other = lines[place];
    if (other === undefined || other.startsWith('-') || other.startsWith('+')) continue;
    output.push(palette.dim(escapeControlInLines(other)));
    place += 1;
  }
  return output;
}

/**
 * The lines of a unified diff without its header: the lanes stand in the title of the difference,
 * file names would say less.
 */
export function splitDiff(diff: string): readonly string[] {
  const lines = diff.replace(/\n$/, '').split('\n');
  const first = lines.findIndex((line) => line.startsWith('@@'));
  const header = lines.slice(0, Math.max(first, 0));
  return header.every((line) => /^(?:---|\+\+\+|===|Index:)/.test(line))
    ? lines.slice(header.length)
    : lines;
}

function takeWhile(lines: readonly string[], start: number, sign: string): readonly string[] {
  let end = start;
  while (lines[end]?.startsWith(sign) === true) end += 1;
  return lines.slice(start, end);
}

function sameButBlanks(removed: readonly string[], added: readonly string[]): boolean {
  const strip = (lines: readonly string[]): string =>
    lines.map((line) => line.slice(1).replace(/\s/g, '')).join('\n');
  return removed.length === added.length && strip(removed) === strip(added);
}

/** `·` for a blank (at the end of a line, or everywhere), `→` for a tab, `⍽` for a no-break space. */
export function showBlanks(line: string, everywhere: boolean): string {
  const end = everywhere ? 1 : line.replace(/\r$/, '').trimEnd().length;
  const text = line.slice(Math.max(end, 1)).replaceAll(' ', '·');
  const shown = (line.slice(0, Math.max(end, 1)) + text).replaceAll('\t', '→   ');
  return escapeControlInLines(shown.replaceAll('\u00a0', '⍽'));
}
