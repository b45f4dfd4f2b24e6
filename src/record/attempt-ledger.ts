import type { Attempt, RunEvent } from '../core/index.ts';

type AttemptFinished = Extract<RunEvent, { type: 'attempt-finished' }>;

/** The recorded attempts of one case, by lane id, in the order of their events. */
export type RecordedAttempts = ReadonlyMap<string, readonly Attempt[]>;

/**
 * Remembers the attempts of the cases that are still running. Writer and reader keep one each and
 * feed it the same events, so both know which attempts a `case-finished` line need not repeat.
 * Memory grows with the cases in flight, not with the cases of the run.
 */
export class AttemptLedger {
  readonly #cases = new Map<string, Map<string, Attempt[]>>();

  add(event: AttemptFinished): void {
    let lanes = this.#cases.get(event.caseId);
    if (lanes === undefined) {
      lanes = new Map();
      this.#cases.set(event.caseId, lanes);
    }
    const attempts = lanes.get(event.laneId);
    if (attempts === undefined) lanes.set(event.laneId, [event.attempt]);
    else attempts.push(event.attempt);
  }

  /** Gives the attempts of a finished case and forgets them. */
  take(caseId: string): RecordedAttempts {
    const lanes = this.#cases.get(caseId) ?? new Map<string, Attempt[]>();
    this.#cases.delete(caseId);
    return lanes;
  }
}
