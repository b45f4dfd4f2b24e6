/** Names of one character that a shell has (Go, os/env.go, isShellSpecialVar). */
const SPECIAL = /^[*#$@!?\-0-9]/;
const NAME = /^[A-Za-z0-9_]+/;

/**
 * Replaces `$NAME` and `${NAME}` exactly as Go's os.Expand does: a `$` that no name follows stays (`$(date)`),
 * `${}` and a `${` without its end vanish with what is their syntax.
 */
export function expandVariables(text: string, valueOf: (name: string) => string): string {
  let expanded = '';
  let from = 0;
  for (;;) {
    const dollar = text.indexOf('$', from);
    if (dollar === -1 || dollar + 1 >= text.length) return expanded + text.slice(from);
    expanded += text.slice(from, dollar);
    const { name, length } = readName(text.slice(dollar + 1));
    if (name !== '') expanded += valueOf(name);
    else if (length === 0) expanded += '$';
    from = dollar + 1 + length;
  }
}

/** The name behind a `$`, empty when there is none, and how many characters belong to it. */
function readName(text: string): { readonly name: string; readonly length: number } {
  if (text.startsWith('{')) return readBraced(text);
  const special = SPECIAL.exec(text)?.[0] ?? NAME.exec(text)?.[0] ?? '';
  return { name: special, length: special.length };
}

function readBraced(text: string): { readonly name: string; readonly length: number } {
  const special = SPECIAL.exec(text.slice(1))?.[0];
  if (special !== undefined && text[2] === '}') return { name: special, length: 3 };
  const end = text.indexOf('}');
  // Go eats the bad syntax: `${` alone, or `${}`.
  if (end === -1) return { name: '', length: 1 };
  if (end === 1) return { name: '', length: 2 };
  return { name: text.slice(1, end), length: end + 1 };
}
