/** A text whose variables were replaced, and those that have no value. */
export interface ReplacedText {
  readonly text: string;
  readonly unset: readonly string[];
}

/** A reference to a variable: `$NAME`, `${NAME}`, `${NAME:-default}` and its kin, or an escaped dollar. */
const VARIABLE =
  /(?<escaped>\$\$|\\\$)|\$(?:(?<plain>[A-Za-z_]\w*)|\{(?<name>[A-Za-z_]\w*)(?<operator>:?[-+?])?(?<word>(?:[^{}$]|\$\{[^{}]*\}|\$(?!\{))*)\})/g;

/**
 * Replaces variables as compose files and Dockerfiles do: `${NAME:-word}`, `${NAME-word}`, `${NAME:+word}`,
 * `${NAME+word}`, `${NAME:?message}`; `$$` and `\$` stand for a dollar.
 * Sources: compose-spec `12-interpolation.md`; Dockerfile reference, "Environment replacement".
 *
 * @param valueOf - the value of a variable, `undefined` when it is not set
 */
export function replaceVariables(
  text: string,
  valueOf: (name: string) => string | undefined,
): ReplacedText {
  const unset: string[] = [];
  const replaced = text.replaceAll(VARIABLE, (...match: unknown[]) => {
    const groups = match.at(-1) as Readonly<Record<string, string | undefined>>;
    if (groups['escaped'] !== undefined) return '$';
    const name = groups['plain'] ?? groups['name'] ?? '';
    const operator = groups['operator'] ?? '';
    const value = valueOf(name);
    const counts = value !== undefined && (value !== '' || !operator.startsWith(':'));
    const word = (): string => {
      const inner = replaceVariables(groups['word'] ?? '', valueOf);
      unset.push(...inner.unset);
      return inner.text;
    };
    if (operator.endsWith('+')) return counts ? word() : '';
    if (counts) return value;
    if (operator.endsWith('-')) return word();
    unset.push(name);
    return '';
  });
  return { text: replaced, unset };
}
