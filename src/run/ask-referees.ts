import type { CaseDefinition } from '../core/index.ts';
import type { LaneAttempts } from '../judge/index.ts';
import type { Lane } from '../lanes/index.ts';
import { decideLane, timeoutFor } from '../plan/index.ts';
import { attemptOnLane, type AttemptContext } from './attempt-on-lane.ts';

/** Lanes with a real kernel that are opened when the first case diverges. */
export interface Referees {
  /** The same lanes at every call; none when they cannot be opened, which the listener was told. */
  open(): Promise<readonly Lane[]>;
}

/**
 * Runs a case once on each referee that can run it. `undefined` when that was cancelled.
 */
export async function askReferees(
  definition: CaseDefinition,
  referees: Referees,
  context: AttemptContext,
): Promise<readonly LaneAttempts[] | undefined> {
  const answers: LaneAttempts[] = [];
  for (const lane of await referees.open()) {
    const { info } = lane;
    if (decideLane({ ...definition, when: {} }, info).kind !== 'run') continue;
    const deadlineMs = context.timeoutMs ?? timeoutFor(definition, info, lane.emulationFactor);
    const attempt = await attemptOnLane(lane, { definition, number: 1, deadlineMs }, context);
    if (attempt === undefined) return undefined;
    answers.push({ info, attempts: [attempt], asked: true });
  }
  return answers;
}
