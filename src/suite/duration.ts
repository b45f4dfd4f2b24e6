import { type Problem, quoteText } from './mistake.ts';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;
const COMPOUND = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/;

/** Node's timers hold no more (`TIMEOUT_MAX` of `lib/internal/timers.js`), about 24.8 days. */
export const LONGEST_DURATION_MS = 2 ** 31 - 1;

function sumParts(text: string): number {
  let total = 0;
  for (const part of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(part[1]) * (UNIT_MS[part[2] ?? ''] ?? 0);
  }
  return Math.round(total);
}

/** Milliseconds of a duration as a suite writes it (`500ms`, `10s`, `2m`, `1h`), or `undefined`. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text);
  if (match === null) return undefined;
  // Rounded: 1.1 × 1000 is 1100.0000000000002 in binary fractions.
  const ms = Math.round(Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? Number.NaN));
  return ms >= 1 && ms <= LONGEST_DURATION_MS ? ms : undefined;
}

/** Writes milliseconds so that {@link parseDuration} reads the same back. */
export function formatDuration(ms: number): string {
  for (const unit of ['h', 'm', 's']) {
    const size = UNIT_MS[unit] ?? 1;
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms}ms`;
}

/** Says what is wrong with a text that should be a duration. */
export function findDurationProblem(text: string): Problem | undefined {
  if (parseDuration(text) !== undefined) return undefined;
  const trimmed = text.trim();
  if (trimmed.startsWith('-')) return { message: `cannot be negative, but is ${quoteText(text)}` };
  if (DURATION.test(text)) {
    return sumParts(text) < 1
      ? { message: `must be longer than nothing, not ${quoteText(text)}` }
      : { message: `must be shorter than 24 days, not ${quoteText(text)}` };
  }
  const message = `must be a duration such as 10s, not ${quoteText(text)}`;
  const folded = foldUnits(trimmed);
  if (/^\d+(?:\.\d+)?$/.test(folded)) {
    return { message, hint: `a duration needs a unit: write ${folded}s` };
  }
  if (COMPOUND.test(folded)) {
    return { message, hint: `write ${formatDuration(sumParts(folded))}` };
  }
  return { message, hint: 'the units are ms, s, m and h' };
}

/** Turns `10 sec`, `10 S` and `2 minutes` into `10s` and `2m` for a hint. */
function foldUnits(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/\s+/g, '')
    .replaceAll(/(?:millis(?:econds?)?|msecs?)/g, 'ms')
    .replaceAll(/sec(?:ond)?s?/g, 's')
    .replaceAll(/min(?:ute)?s?/g, 'm')
    .replaceAll(/(?:hours?|hrs?)/g, 'h');
}
