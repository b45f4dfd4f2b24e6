import type { OptionTable } from './command.ts';

/** The common options after parsing. */
export interface CommonOptions {
  readonly color?: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** The options that every command has. */
export const COMMON_OPTIONS: OptionTable = {
  help: { type: 'boolean', alias: 'h', describe: 'Show this help' },
  color: {
    type: 'boolean',
    describe: 'Colour the output (default: on a terminal, unless NO_COLOR is set)',
  },
  quiet: { type: 'boolean', alias: 'q', default: false, describe: 'Say only what went wrong' },
  verbose: {
    type: 'boolean',
    default: false,
    describe: 'Print each host command that is run, ready to paste',
  },
};

/** Whether to colour a stream: an explicit flag, then NO_COLOR and FORCE_COLOR, then whether it is a terminal. */
export function wantsColor(
  options: Pick<CommonOptions, 'color'>,
  stream: { readonly isTTY?: boolean },
  env = process.env,
): boolean {
  if (options.color !== undefined) return options.color;
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  if ((env['FORCE_COLOR'] ?? '') !== '') return env['FORCE_COLOR'] !== '0';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/** Prints host commands to stderr with --verbose. */
export function commandLogger(options: Pick<CommonOptions, 'verbose'>): {
  logger?: (command: string) => void;
} {
  if (!options.verbose) return {};
  return {
    logger: (command) => {
      process.stderr.write(`+ ${command}\n`);
    },
  };
}

/** The values of a repeatable option. */
export function listOf(value: string | readonly string[] | undefined): string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : [...value];
}
