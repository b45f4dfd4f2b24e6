/** One option of a command, as yargs takes it. */
export interface OptionSpec {
  /** Defaults to `string`. */
  readonly type?: 'string' | 'boolean';
  /** One letter. */
  readonly alias?: string;
  readonly describe: string;
  /** May be given more than once; its value is then a list. */
  readonly repeatable?: boolean;
  /** Every string option needs a value. */
  readonly requiresArg?: boolean;
  readonly default?: string | boolean;
  readonly choices?: readonly string[];
}

/** Options by their long names. */
export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** One command of the CLI. The module that holds it is loaded only when the command is used. */
export interface Command {
  /** As it is written after the program's name: `report [RECORD]`. */
  readonly usage: string;
  readonly describe: string;
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** Stops reading options at the first word that is none: the rest belongs to a guest. */
  readonly stopsAtFirstWord?: boolean;
  /** What follows `--` stands in `--` of the result, apart from the words before it. */
  readonly splitsAtDashes?: boolean;
  /** Changes the words before they are parsed: options that take several. */
  readonly rewriteWords?: (words: readonly string[]) => readonly string[];
  readonly options: OptionTable;
  /** Returns the exit code. Throws ArchParityError for what the user can mend. */
  readonly run: (argv: Readonly<Record<string, unknown>>) => Promise<number>;
}
