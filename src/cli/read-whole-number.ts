import { usageError } from '../core/index.ts';

/** Nobody has a use for more of anything; a slip of the finger asks for it. */
const MOST = 10_000;

/**
 * The value of an option that counts something.
 * @throws ArchParityError `USAGE` (exit 2)
 */
export function readWholeNumber(text: string, option: string, least: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= MOST) return number;
  throw usageError(
    'USAGE',
    `--${option} takes a whole number from ${String(least)} to ${String(MOST)}, not "${text}".`,
  );
}
