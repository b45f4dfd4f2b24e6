import type { CheckFailure } from '../core/index.ts';
import type { JudgedLane } from './judge-lane.ts';

/** The check that every case has without saying so. */
const STARTS = 'command starts';

/**
 * A command that could be started on no lane is the same everywhere and proves nothing: a `mismatch` on all
 * of them that have not failed already. One that some lane could start is left to the comparison.
 */
export function refuseUnstarted(judged: readonly JudgedLane[]): readonly JudgedLane[] {
  const ends = judged.flatMap(({ observation }) => observation?.termination ?? []);
  if (ends.some(({ kind }) => kind !== 'not-started')) return judged;
  return judged.map((lane) => {
    const termination = lane.observation?.termination;
    if (termination?.kind !== 'not-started' || lane.result.verdict !== 'match') return lane;
    const failure: CheckFailure = {
      check: STARTS,
      expected: 'started',
      actual: `${termination.errno}: ${termination.message}`,
    };
    return { ...lane, result: { ...lane.result, verdict: 'mismatch', failures: [failure] } };
  });
}
