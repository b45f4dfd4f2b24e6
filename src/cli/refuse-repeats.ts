import { usageError } from '../core/index.ts';
import type { OptionTable } from './command.ts';

/**
 * Refuses an option with several values that takes one: which of them was meant is not ours to guess.
 * @throws ArchParityError `USAGE` (exit 2)
 */
export function refuseRepeats(
  name: string,
  table: OptionTable,
  values: Readonly<Record<string, unknown>>,
): void {
  for (const [option, { type = 'string', repeatable = false }] of Object.entries(table)) {
    const value = values[option];
    if (type !== 'string' || repeatable || !Array.isArray(value) || value.length < 2) continue;
    throw usageError(
      'USAGE',
      `--${option} takes one value, and there are ${value.length}: ${value.join(', ')}.`,
      `See archparity ${name} --help.`,
    );
  }
}
