import yargs, { type Argv } from 'yargs';
import { usageError, type ArchParityError } from '../core/index.ts';
import type { Command, OptionTable } from './command.ts';
import { COMMON_OPTIONS } from './common-options.ts';
import {
  missingValue,
  refuseNegatedValues,
  unknownOption,
  wordOfOption,
} from './option-mistakes.ts';
import { refuseFlagValues } from './refuse-flag-values.ts';
import { refuseRepeats } from './refuse-repeats.ts';
import { separateFlags } from './separate-flags.ts';

export type ParsedCommand =
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'run'; readonly argv: Readonly<Record<string, unknown>> };

/**
 * Parses the words after a command's name.
 * @throws ArchParityError `USAGE` (exit 2) for unknown options, missing or impossible values
 */
export async function parseCommand(
  name: string,
  command: Command,
  written: readonly string[],
): Promise<ParsedCommand> {
  const table: OptionTable = { ...command.options, ...COMMON_OPTIONS };
  const words = separateFlags(table, command.rewriteWords?.(written) ?? written);
  const parser = createParser(name, command, words);
  const parsed: Readonly<Record<string, unknown>> = await parser.parseAsync([...words]);
  // What follows the first word of a command that stops there are the guest's own options.
  const guest = command.stopsAtFirstWord === true && Array.isArray(parsed['_']) ? parsed['_'] : [];
  const own = words.slice(0, words.length - guest.length);
  refuseFlagValues(table, own);
  refuseNegatedValues(name, table, own);
  refuseRepeats(name, command.options, parsed);
  return parsed['help'] === true
    ? { kind: 'help', text: await parser.getHelp() }
    : { kind: 'run', argv: parsed };
}

/**
 * The parser of a command's words.
 * @param words What it will parse, for the errors
 */
export function createParser(name: string, command: Command, words: readonly string[] = []): Argv {
  const table: OptionTable = { ...command.options, ...COMMON_OPTIONS };
  return yargs([])
    .scriptName('archparity')
    .locale('en')
    .version(false)
    .help(false)
    .exitProcess(false)
    .showHelpOnFail(false)
    .strictOptions()
    .wrap(100)
    .parserConfiguration({
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'greedy-arrays': false,
      'duplicate-arguments-array': true,
      'camel-case-expansion': true,
      'dot-notation': false,
      'boolean-negation': true,
      'halt-at-non-option': command.stopsAtFirstWord === true,
      'populate--': command.splitsAtDashes === true,
    })
    .fail((message, error: Error | undefined) => {
      // A YError is yargs' own, for an option without its value; any other error is not the user's.
      if (error !== undefined && error.name !== 'YError') throw error;
      throw tellMistake(name, table, words, error?.message ?? message);
    })
    .usage(`archparity ${command.usage}\n\n${command.describe}`)
    .example(command.examples.map(([line, what]) => [line, what]))
    .options(table);
}

/** What yargs says, in our words. */
function tellMistake(
  name: string,
  table: OptionTable,
  words: readonly string[],
  message: string,
): ArchParityError {
  const [, unknown] = /^Unknown arguments?: ([^,]+)/.exec(message) ?? [];
  if (unknown !== undefined) return unknownOption(name, table, wordOfOption(unknown, words));
  const [, bare] = /^Not enough arguments following: (\S+)$/.exec(message) ?? [];
  if (bare !== undefined) return missingValue(name, bare);
  return usageError('USAGE', `${oneLine(message)}.`, `See archparity ${name} --help.`);
}

/** What yargs says in several lines is about values that are none of an option's choices. */
function oneLine(message: string): string {
  const [, option, given, choices] =
    /^\s*Argument: (\S+), Given: (.*), Choices: (.*)$/m.exec(message) ?? [];
  if (option !== undefined) return `--${option} takes one of ${choices ?? ''}, not ${given ?? ''}`;
  return message.split('\n')[0] ?? '';
}
