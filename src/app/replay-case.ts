import type { CaseResult, RunListener } from '../core/index.ts';

/** A case that was run before, with when it ended. */
export interface ReplayedCase {
  readonly result: CaseResult;
  /** In the plan of the run that it becomes a part of. */
  readonly place?: number;
  readonly at: string;
}

/** Tells a listener of a case of another record as if it was run now. */
export async function replayCase(
  { result, place, at }: ReplayedCase,
  listener: RunListener,
): Promise<void> {
  const { definition } = result;
  await listener({
    type: 'case-started',
    at,
    definition,
    ...(place === undefined ? {} : { place }),
  });
  for (const [laneId, { attempts }] of Object.entries(result.lanes)) {
    for (const attempt of attempts) {
      // What a lane cannot run was no attempt when the plan said so.
      if (attempt.unsupported !== undefined) continue;
      await listener({ type: 'attempt-finished', at, caseId: definition.id, laneId, attempt });
    }
  }
  await listener({ type: 'case-finished', at, result });
}
