/** A word of an action (`{{…}}`). */
export type Token =
  /** `.`, `.Vars.name`, `$x.name`, a name, a keyword. */
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  /** `|`, `(`, `)`, `,`, `:=`, `=`; `).name` is `)` and a `field`. */
  | { readonly kind: 'sign'; readonly text: string }
  | { readonly kind: 'field'; readonly text: string };

/** A template that cannot be understood; `offset` in the whole text. */
export class TemplateError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = 'TemplateError';
    this.offset = offset;
  }
}

const BLANK = /^\s+/;
const NUMBER = /^[-+]?\d+(?:\.\d+)?(?![\w.])/;
const WORD = /^(?:\$\w*(?:\.[A-Za-z_]\w*)*|(?:\.[A-Za-z_]\w*)+|\.|[A-Za-z_]\w*)/;
const SIGN = /^(?::=|[|(),=])/;
const QUOTED = /^"(?:[^"\\\n]|\\.)*"/;
const RAW = /^`[^`]*`/;
const RUNE = /^'(?:[^'\\\n]|\\.)+'/;
const FIELD = /^(?:\.[A-Za-z_]\w*)+/;

/** Splits an action into its words. Source: Go, text/template/parse/lex.go. */
export function lexAction(source: string, offset: number): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const rest = source.slice(at);
    const blank = BLANK.exec(rest)?.[0];
    if (blank !== undefined) {
      at += blank.length;
      continue;
    }
    const closes = source[at - 1] === ')' ? FIELD.exec(rest)?.[0] : undefined;
    const read = closes === undefined ? readToken(rest, offset + at) : undefined;
    if (closes !== undefined) tokens.push({ kind: 'field', text: closes });
    else if (read !== undefined) tokens.push(read.token);
    at += closes?.length ?? read?.length ?? 1;
  }
  return tokens;
}

function readToken(
  rest: string,
  offset: number,
): { readonly token: Token; readonly length: number } {
  const quoted = QUOTED.exec(rest)?.[0];
  if (quoted !== undefined)
    return { token: { kind: 'text', value: unquote(quoted, offset) }, length: quoted.length };
  const raw = RAW.exec(rest)?.[0];
  if (raw !== undefined)
    return { token: { kind: 'text', value: raw.slice(1, -1) }, length: raw.length };
  const rune = RUNE.exec(rest)?.[0];
  if (rune !== undefined) {
    const value = unquote(`"${rune.slice(1, -1)}"`, offset).codePointAt(0) ?? 0;
    return { token: { kind: 'number', value }, length: rune.length };
  }
  const number = NUMBER.exec(rest)?.[0];
  if (number !== undefined)
    return { token: { kind: 'number', value: Number(number) }, length: number.length };
  const sign = SIGN.exec(rest)?.[0];
  if (sign !== undefined) return { token: { kind: 'sign', text: sign }, length: sign.length };
  const word = WORD.exec(rest)?.[0];
  if (word !== undefined) return { token: { kind: 'word', text: word }, length: word.length };
  throw new TemplateError(`unexpected ${JSON.stringify(rest[0] ?? '')} in an action`, offset);
}

const ESCAPES: Readonly<Record<string, string>> = {
  [String.raw`\'`]: "'",
  [String.raw`\a`]: String.raw`\u0007`,
  [String.raw`\v`]: String.raw`\u000b`,
};

/** Go's escapes in quotes are those of JSON but for a few that JSON does not have. */
function unquote(quoted: string, offset: number): string {
  const json = quoted.replaceAll(
    /\\(?:x([0-9a-fA-F]{2})|.)/g,
    (escape: string, code: string | undefined) =>
      code === undefined ? (ESCAPES[escape] ?? escape) : String.raw`\u00${code}`,
  );
  try {
    return JSON.parse(json) as string;
  } catch {
    throw new TemplateError(`bad escape in ${quoted}`, offset);
  }
}
