import { escapeControl } from '../../report/index.ts';

/** A line of YAML with what explains it; text alone is a line of its own, empty or a comment. */
export type CommentedLine = string | readonly [code: string, comment: string];

/** Comments farther to the right than this stand above their line. */
const WIDEST_CODE = 56;
/** No line is longer where that can be helped. */
const WIDEST = 116;

/** Puts comments behind their lines, below each other within a paragraph. */
export function renderCommented(lines: readonly CommentedLine[]): string {
  return splitParagraphs(lines).map(renderParagraph).join('');
}

function splitParagraphs(lines: readonly CommentedLine[]): readonly (readonly CommentedLine[])[] {
  const paragraphs: CommentedLine[][] = [[]];
  for (const line of lines) {
    paragraphs.at(-1)?.push(line);
    if (line === '') paragraphs.push([]);
  }
  return paragraphs;
}

function renderParagraph(lines: readonly CommentedLine[]): string {
  const widths = lines.flatMap((line) =>
    typeof line !== 'string' && line[0].length <= WIDEST_CODE ? [line[0].length] : [],
  );
  const column = Math.max(0, ...widths) + 2;
  return lines
    .map((line) => {
      if (typeof line === 'string') return `${line}\n`;
      const [code, written] = line;
      // Names of files are in it, which may have line breaks.
      const comment = escapeControl(written);
      if (code.length < column && column + comment.length + 2 <= WIDEST)
        return `${code.padEnd(column)}# ${comment}\n`;
      const indent = /^ */.exec(code)?.[0] ?? '';
      return `${indent}# ${comment}\n${code}\n`;
    })
    .join('');
}
