import { findNearest, usageError, type ArchParityError } from '../core/index.ts';
import type { OptionTable } from './command.ts';

/** `USAGE` for an option that a command does not have; `word` as it was written, without a value. */
export function unknownOption(name: string, table: OptionTable, word: string): ArchParityError {
  const [, no = '', bare = ''] = /^--?(no-)?(.*)$/s.exec(word) ?? [];
  const nearest = findNearest(bare, Object.keys(table));
  const isNegated = no !== '' && nearest !== undefined && table[nearest]?.type === 'boolean';
  const meant = nearest === undefined ? '' : `Did you mean --${isNegated ? 'no-' : ''}${nearest}? `;
  return usageError(
    'USAGE',
    `There is no option ${word}.`,
    `${meant}See archparity ${name} --help.`,
  );
}

/** `USAGE` for an option that was written without the value that it takes. */
export function missingValue(name: string, option: string): ArchParityError {
  const dashes = option.length === 1 ? '-' : '--';
  return usageError('USAGE', `${dashes}${option} needs a value.`, `See archparity ${name} --help.`);
}

/**
 * The word of a command line that has an option in it: `--no-such` for `such`, `-x` for the `x` of `-qx`.
 * @param option As a parser calls it: without dashes, and perhaps without `no-`
 */
export function wordOfOption(option: string, words: readonly string[]): string {
  const long = words
    .map((word) => word.replace(/=.*$/s, ''))
    .find((word) => word === `--${option}` || word === `--no-${option}`);
  return long ?? (option.length === 1 ? `-${option}` : `--${option}`);
}

/**
 * Refuses `--no-filter`: only what is on or off can be turned off.
 * @param words Those that are options of ours, without the arguments of a guest
 * @throws ArchParityError `USAGE` (exit 2)
 */
export function refuseNegatedValues(
  name: string,
  table: OptionTable,
  words: readonly string[],
): void {
  for (const word of words) {
    if (word === '--') return;
    const [, written = '', option = ''] = /^(--no-([\w-]+))/.exec(word) ?? [];
    if (!Object.hasOwn(table, option) || table[option]?.type === 'boolean') continue;
    throw unknownOption(name, table, written);
  }
}
