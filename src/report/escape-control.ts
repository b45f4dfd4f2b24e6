/**
 * Characters that could drive a terminal or make a line look like another: control characters (C0,
 * C1, DEL), format characters (bidirectional overrides, zero width, tags), lone surrogates, and the
 * Unicode line separators.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const UNSAFE_IN_LINES = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const SHORT: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** Makes text of a subject safe to print on one line: `\n`, `\x1b`, `\u{202e}`. */
export function escapeControl(text: string): string {
  return text.replace(UNSAFE, escapeCharacter);
}

/** The same for text of several lines: newlines and tabs stay. */
export function escapeControlInLines(text: string): string {
  return text.replace(UNSAFE_IN_LINES, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const short = SHORT.get(character);
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xff
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u{${code.toString(16).padStart(4, '0')}}`;
}
