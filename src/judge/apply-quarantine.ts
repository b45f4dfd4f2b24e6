import type { CaseResult } from '../core/index.ts';

/** A result with what the quarantine of its case says today, whatever it said before. */
export function applyQuarantine(
  { quarantined: _before, ...result }: CaseResult,
  today: string,
): CaseResult {
  const { quarantine } = result.definition;
  return quarantine !== undefined && today <= quarantine.until
    ? { ...result, quarantined: true }
    : result;
}
