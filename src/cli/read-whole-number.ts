import { usageError } from '../core/index.ts';

/**
 * The value of an option that counts something.
 * @throws ArchParityError `USAGE` (exit 2)
 */
export function readWholeNumber(text: string, option: string, least: number): number {
  if (/^\d+$/.test(text) && Number(text) >= least && Number(text) <= 10_000) return Number(text);
  throw usageError(
    'USAGE',
    `--${option} takes a whole number from ${String(least)}, not "${text}".`,
  );
}
