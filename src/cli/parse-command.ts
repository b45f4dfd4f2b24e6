import yargs from 'yargs';
import { usageError } from '../core/index.ts';
import type { Command } from './command.ts';
import { addCommonOptions } from './common-options.ts';

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
  words: readonly string[],
): Promise<ParsedCommand> {
  const parser = yargs([])
    .scriptName('archparity')
    .locale('en')
    .version(false)
    .help(false)
    .option('help', { type: 'boolean', alias: 'h', describe: 'Show this help' })
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
      'populate--': false,
    })
    .fail((message, error: Error | undefined) => {
      // Without `error` it is a mistake of the user, not of ours.
      throw (
        error ??
        usageError(
          'USAGE',
          `${message.split('\n')[0] ?? message}.`,
          `See archparity ${name} --help.`,
        )
      );
    })
    .usage(`archparity ${command.usage}\n\n${command.describe}`)
    .example(command.examples.map(([line, what]) => [line, what]));
  const configured = addCommonOptions(
    command.options(parser as unknown as ReturnType<typeof yargs>),
  );
  const parsed: Readonly<Record<string, unknown>> = await configured.parseAsync([...words]);
  return parsed['help'] === true
    ? { kind: 'help', text: await configured.getHelp() }
    : { kind: 'run', argv: parsed };
}
