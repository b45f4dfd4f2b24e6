import type { Argv } from 'yargs';

/** One command of the CLI. The module that holds it is loaded only when the command is used. */
export interface Command {
  /** As yargs writes it: `run <target> [args..]`. */
  readonly usage: string;
  readonly describe: string;
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** Stops reading options at the first word that is none: the rest belongs to a guest. */
  readonly stopsAtFirstWord?: boolean;
  readonly options: (argv: Argv) => Argv;
  /** Returns the exit code. Throws ArchParityError for what the user can mend. */
  readonly run: (argv: Readonly<Record<string, unknown>>) => Promise<number>;
}
