import type { Attempt, CheckFailure } from '../core/index.ts';
import type { JudgedLane } from './judge-lane.ts';

/**
 * A command that could be started on no lane is equal to itself everywhere and proves nothing: it fails the
 * case, as a wrong name in the suite or a broken subject does. Where it starts on one lane, the lanes differ.
 */
export function failUnstarted(lanes: readonly JudgedLane[]): readonly JudgedLane[] {
  const ran = lanes.filter(({ asked, observation }) => !asked && observation !== undefined);
  const started = ran.some(({ observation }) => observation?.termination.kind !== 'not-started');
  if (ran.length === 0 || started) return lanes;
  return lanes.map((lane): JudgedLane => {
    const { result } = lane;
    if (!ran.includes(lane) || result.verdict !== 'match') return lane;
    const failures = result.attempts.flatMap(explain).slice(-1);
    return { ...lane, result: { ...result, verdict: 'mismatch', failures } };
  });
}

function explain({ observation }: Attempt): CheckFailure[] {
  const termination = observation?.termination;
  if (termination?.kind !== 'not-started') return [];
  const actual = `${termination.errno}: ${termination.message}`;
  return [{ check: 'command starts', expected: 'started', actual }];
}
