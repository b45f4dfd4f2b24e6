import { usageError } from '../core/index.ts';
import { parseDuration } from '../suite/index.ts';

/**
 * The value of an option that is a duration, in milliseconds.
 * @throws ArchParityError `USAGE` (exit 2)
 */
export function readDurationOption(text: string, option: string, leastMs = 0): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= leastMs) return ms;
  throw usageError('USAGE', `--${option} takes a duration like 10s or 2m, not "${text}".`);
}
