import { isDeepStrictEqual } from 'node:util';

import type { Attempt, CaseResult, LaneResult } from '../core/index.ts';
import type { RecordedAttempts } from './attempt-ledger.ts';

/** An attempt in a `case-finished` line: whole, or its place among the recorded ones of its lane. */
type StoredAttempt = Attempt | number;

/**
 * A lane's result as the record stores it. Without `attempts` it has exactly those whose
 * `attempt-finished` events stand before it, in that order.
 */
type StoredLaneResult = Omit<LaneResult, 'attempts'> & {
  readonly attempts?: readonly StoredAttempt[];
};

/** A case's result as the record stores it. */
export type StoredCaseResult = Omit<CaseResult, 'lanes'> & {
  readonly lanes: Readonly<Record<string, StoredLaneResult>>;
};

/** Takes out the attempts that the record already holds. */
export function stripAttempts(result: CaseResult, recorded: RecordedAttempts): StoredCaseResult {
  const lanes = mapLanes(result.lanes, (laneId, lane): StoredLaneResult => {
    const known = recorded.get(laneId) ?? [];
    const stored = lane.attempts.map((attempt) => {
      const place = known.findIndex(
        (other) => other === attempt || isDeepStrictEqual(other, attempt),
      );
      return place === -1 ? attempt : place;
    });
    const complete =
      stored.length === known.length && stored.every((item, place) => item === place);
    if (!complete) return { ...lane, attempts: stored };
    const { attempts: _recorded, ...rest } = lane;
    return rest;
  });
  return { ...result, lanes };
}

/**
 * Puts the recorded attempts back. A place that the record does not hold (its line was edited away)
 * is left out, so a report shows what there is.
 */
export function restoreAttempts(stored: StoredCaseResult, recorded: RecordedAttempts): CaseResult {
  const lanes = mapLanes(stored.lanes, (laneId, lane): LaneResult => {
    const known = recorded.get(laneId) ?? [];
    if (lane.attempts === undefined) return { ...lane, attempts: known };
    const attempts = lane.attempts
      .map((item) => (typeof item === 'number' ? known[item] : item))
      .filter((attempt) => attempt !== undefined);
    return { ...lane, attempts };
  });
  return { ...stored, lanes };
}

// Object.fromEntries, not assignment: a lane may be named `__proto__`.
function mapLanes<From, To>(
  lanes: Readonly<Record<string, From>>,
  map: (laneId: string, lane: From) => To,
): Readonly<Record<string, To>> {
  const entries = Object.entries(lanes).map(([id, lane]): [string, To] => [id, map(id, lane)]);
  return Object.fromEntries(entries);
}
