import type { CaseResult, Summary, Verdict } from '../core/index.ts';

/** A summary of nothing, to be grown with {@link addToSummary}. */
export function createSummary(): Summary {
  return {
    match: 0,
    mismatch: 0,
    diverged: 0,
    flaky: 0,
    timeout: 0,
    unsupported: 0,
    skipped: 0,
    infraError: 0,
    known: 0,
    total: 0,
  };
}

/** A summary with one result more: memory stays flat however many cases there are. */
export function addToSummary(
  summary: Summary,
  result: Pick<CaseResult, 'verdict' | 'known'>,
): Summary {
  const key = summaryKey(result.verdict);
  return {
    ...summary,
    [key]: summary[key] + 1,
    known: summary.known + (result.known === undefined ? 0 : 1),
    total: summary.total + 1,
  };
}

/** Counts results by verdict. */
export function summarise(results: Iterable<Pick<CaseResult, 'verdict' | 'known'>>): Summary {
  let summary = createSummary();
  for (const result of results) summary = addToSummary(summary, result);
  return summary;
}

function summaryKey(verdict: Verdict): Exclude<keyof Summary, 'known' | 'total'> {
  return verdict === 'infra-error' ? 'infraError' : verdict;
}
