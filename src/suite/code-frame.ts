/** A stretch of a text as offsets in UTF-16 code units, `end` exclusive. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

const LINES_BEFORE = 2;
const LINES_AFTER = 1;
const LONGEST_LINE = 100;

/** Control characters would act on the terminal that prints the frame. */
function makePrintable(text: string): string {
  return text.replaceAll('\t', ' ').replaceAll(/[\p{Cc}\p{Bidi_C}]/gu, '\u{fffd}');
}

/**
 * The lines around a span with carets under it. Long lines are cut around the span; tabs become one
 * space so that the carets stand right.
 */
export function renderCodeFrame(lines: readonly string[], line: number, span: TextSpan): string {
  const first = Math.max(1, line - LINES_BEFORE);
  const last = Math.min(lines.length, line + LINES_AFTER);
  const gutter = String(last).length;
  const marked = lines[line - 1] ?? '';
  const cut = Math.max(0, Math.min(span.start - 40, marked.length - LONGEST_LINE));
  const rendered: string[] = [];
  for (let number = first; number <= last; number += 1) {
    const text = lines[number - 1] ?? '';
    // Lines that are not marked keep their beginning: it shows the keys.
    const shown = number === line ? shorten(text, cut) : shorten(text, 0);
    const mark = number === line ? '>' : ' ';
    rendered.push(`${mark} ${String(number).padStart(gutter)} | ${shown}`.trimEnd());
    if (number !== line) continue;
    const column = span.start - cut + (cut > 0 ? 1 : 0);
    const room = Math.max(1, LONGEST_LINE - (span.start - cut));
    const width = Math.max(1, Math.min(span.end, marked.length) - span.start);
    const carets = '^'.repeat(Math.min(width, room));
    rendered.push(`  ${' '.repeat(gutter)} | ${' '.repeat(column)}${carets}`);
  }
  return rendered.join('\n');
}

function shorten(text: string, from: number): string {
  const part = text.slice(from, from + LONGEST_LINE);
  const before = from > 0 ? '…' : '';
  const after = from + LONGEST_LINE < text.length ? '…' : '';
  return makePrintable(`${before}${part}${after}`);
}
