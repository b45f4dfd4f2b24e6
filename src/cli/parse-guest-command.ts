import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { errorMessage, usageError } from '../core/index.ts';
import type { Command, OptionTable } from './command.ts';
import { COMMON_OPTIONS } from './common-options.ts';
import { missingValue, unknownOption } from './option-mistakes.ts';
import { refuseRepeats } from './refuse-repeats.ts';

function toConfig(table: OptionTable): ParseArgsOptionsConfig {
  return Object.fromEntries(
    Object.entries(table).map(([name, { type = 'string', alias }]) => [
      name,
      { type, multiple: type === 'string', ...(alias === undefined ? {} : { short: alias }) },
    ]),
  );
}

/** Where the guest's words begin: the first word that is neither an option nor an option's value. */
function firstGuestWord(words: readonly string[], options: ParseArgsOptionsConfig): number {
  const { tokens } = parseArgs({
    args: [...words],
    options,
    strict: false,
    allowPositionals: true,
    allowNegative: true,
    tokens: true,
  });
  return tokens.find(({ kind }) => kind !== 'option')?.index ?? words.length;
}

function checkChoices(
  name: string,
  table: OptionTable,
  values: Readonly<Record<string, unknown>>,
): void {
  for (const [option, { choices }] of Object.entries(table)) {
    if (choices === undefined) continue;
    const wrong = [values[option]].flat().find((value) => !choices.includes(value as string));
    if (typeof wrong !== 'string') continue;
    throw usageError(
      'USAGE',
      `--${option} takes one of ${choices.join(', ')}, not "${wrong}".`,
      `See archparity ${name} --help.`,
    );
  }
}

/**
 * Parses a command whose last words belong to a guest, with Node's own parser: loading yargs would take
 * longer than many a guest runs. The result has the shape of yargs': values by name, the guest's words
 * in `_`.
 * @returns `undefined` when help is asked for, which yargs writes
 * @throws ArchParityError `USAGE` (exit 2)
 */
export function parseGuestCommand(
  name: string,
  command: Command,
  words: readonly string[],
): Readonly<Record<string, unknown>> | undefined {
  const table: OptionTable = { ...command.options, ...COMMON_OPTIONS };
  const options = toConfig(table);
  const end = firstGuestWord(words, options);
  let values: Readonly<Record<string, unknown>>;
  try {
    ({ values } = parseArgs({
      args: words.slice(0, end),
      options,
      strict: true,
      allowNegative: true,
    }));
  } catch (error) {
    const [line = ''] = errorMessage(error).split('\n');
    const [, unknown] = /^Unknown option '(\S+)'/.exec(line) ?? [];
    if (unknown !== undefined) throw unknownOption(name, table, unknown);
    const [, bare] =
      /^Option '(?:-\w, )?--?([\w-]+)(?: <value>)?' argument (?:missing|is ambiguous)/.exec(line) ??
      [];
    if (bare !== undefined) throw missingValue(name, bare);
    const sentence = line.endsWith('.') ? line : `${line}.`;
    throw usageError('USAGE', sentence, `See archparity ${name} --help.`);
  }
  if (values['help'] === true) return undefined;
  checkChoices(name, table, values);
  const single = Object.fromEntries(
    Object.entries(values).map(([option, value]) => [
      option,
      Array.isArray(value) && value.length === 1 ? value[0] : value,
    ]),
  );
  refuseRepeats(name, table, single);
  const defaults = Object.fromEntries(
    Object.entries(table).map(([option, spec]) => [option, spec.default]),
  );
  return { ...defaults, ...single, _: words.slice(end) };
}
