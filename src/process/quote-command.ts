/** Characters that mean themselves to every POSIX shell wherever they stand in a word. */
const PLAIN_WORD = /^[A-Za-z0-9_@%+:,./-]+$/;

/** One word quoted for a POSIX shell; plain words stay as they are. */
function quoteWord(word: string): string {
  // `=` is only special in front of a command name, where it would turn the word into an assignment.
  if (PLAIN_WORD.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command as one line that a POSIX shell splits into the same argv again. */
export function quoteCommand(argv: readonly string[]): string {
  return argv.map((word, index) => (index > 0 ? quoteArgument(word) : quoteWord(word))).join(' ');
}

/** After the command name `=` needs no quotes, and `--platform=linux/arm64` reads better bare. */
function quoteArgument(word: string): string {
  return PLAIN_WORD.test(word.replaceAll('=', '')) ? word : quoteWord(word);
}

export interface QuotableCommand {
  readonly argv: readonly string[];
  readonly cwd?: string | undefined;
  /** Variables that the command gets on top of ours; `undefined` removes one. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** A command with its directory and environment, ready to paste into a POSIX shell. */
export function renderCommand({ argv, cwd, env }: QuotableCommand): string {
  const variables = Object.entries(env ?? {});
  const removed = variables.filter(([, value]) => value === undefined);
  const set = variables.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${quoteWord(value)}`],
  );
  const prefix = removed.length === 0 ? [] : ['env', ...removed.map(([name]) => `-u ${name}`)];
  const words = [...prefix, ...set, quoteCommand(argv)].join(' ');
  return cwd === undefined ? words : `(cd ${quoteWord(cwd)} && ${words})`;
}
