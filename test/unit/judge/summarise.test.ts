import { expect, test } from 'vitest';
import { VERDICT_PRECEDENCE } from '../../../src/core/index.ts';
import { addToSummary, createSummary, summarise } from '../../../src/judge/summarise.ts';

test('counts every verdict once, and known among the matches', () => {
  const known = { cause: 'architecture', reason: 'because' } as const;
  const results = [
    ...VERDICT_PRECEDENCE.map((verdict) => ({ verdict })),
    { verdict: 'match', known },
  ] as const;
  expect(summarise(results)).toEqual({
    match: 2,
    mismatch: 1,
    diverged: 1,
    flaky: 1,
    timeout: 1,
    unsupported: 1,
    skipped: 1,
    infraError: 1,
    known: 1,
    total: 9,
  });
});

test('grows without changing what was', () => {
  const empty = createSummary();
  expect(addToSummary(empty, { verdict: 'match' }).total).toBe(1);
  expect(empty.total).toBe(0);
});
