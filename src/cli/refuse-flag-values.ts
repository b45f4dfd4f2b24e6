import { usageError } from '../core/index.ts';
import type { OptionTable } from './command.ts';

/**
 * Refuses `--strict=maybe`: the parser takes any value of a flag but `true` for a no.
 * @param words Those that are options of ours, without the arguments of a guest
 * @throws ArchParityError `USAGE` (exit 2)
 */
export function refuseFlagValues(table: OptionTable, words: readonly string[]): void {
  for (const word of words) {
    if (word === '--') return;
    const [, name = '', value = ''] = /^--(?:no-)?([\w-]+)=(.*)$/s.exec(word) ?? [];
    const isFlag = Object.hasOwn(table, name) && table[name]?.type === 'boolean';
    if (!isFlag || value === 'true' || value === 'false') continue;
    throw usageError(
      'USAGE',
      `--${name} takes no value, and there is ${JSON.stringify(value)}.`,
      `Write --${name} or --no-${name}.`,
    );
  }
}
