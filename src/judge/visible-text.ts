const LONGEST_EXCERPT = 200;

/** Control characters would move the reader's cursor: they are shown as Unicode control pictures. */
export function showControls(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, (character) =>
    character === '\u007f' ? '\u2421' : String.fromCharCode(0x2400 + character.charCodeAt(0)),
  );
}

/** Makes spaces (`·`) and tabs (`→`) visible too, for lines that differ in nothing else. */
export function showWhitespace(text: string): string {
  return showControls(text).replaceAll(' ', '·').replaceAll('\t', '→');
}

/** The first UTF-16 code unit in which two texts differ, or the length of the shorter one. */
export function firstDifference(left: string, right: string): number {
  let index = 0;
  // Behind an end is NaN, which equals nothing.
  while (left.charCodeAt(index) === right.charCodeAt(index)) index += 1;
  return index;
}

/** At most `width` characters of a line, with the character at `column` among them. */
export function excerptLine(line: string, column = 0, width = LONGEST_EXCERPT): string {
  if (line.length <= width) return line;
  const start = Math.max(0, Math.min(column - Math.floor(width / 4), line.length - width));
  const end = start + width;
  const head = start > 0 ? '…' : '';
  const tail = end < line.length ? `… (${line.length} characters)` : '';
  return `${head}${line.slice(start, end)}${tail}`.toWellFormed();
}

/** Splits a text into lines that keep their newline; an empty text has no line. */
export function splitLines(text: string): string[] {
  const lines: string[] = [];
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline + 1;
    lines.push(text.slice(start, end));
    start = end;
  }
  return lines;
}

/** A line without its newline. */
export function stripNewline(line: string): string {
  return line.endsWith('\n') ? line.slice(0, -1) : line;
}
