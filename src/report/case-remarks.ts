import { capturedBuffer, type CaseResult, type Observation } from '../core/index.ts';
import { plural } from './shorten-text.ts';
import { isComparedByDigest, lastObserved } from './verdict-words.ts';

/**
 * What weakens the result of a case although nothing went wrong: output that was cut, limits that were not
 * enforced, a teardown that failed. `LANE: WHAT`, lanes of which the same holds together. Not escaped.
 */
export function listRemarks(result: CaseResult): readonly string[] {
  const byText = new Map<string, string[]>();
  for (const id of Object.keys(result.lanes)) {
    for (const text of listLaneRemarks(result, id)) {
      byText.set(text, [...(byText.get(text) ?? []), id]);
    }
  }
  const ofLanes = Array.from(byText, ([text, ids]) => `${ids.join(', ')}: ${text}`);
  return [...ofLanes, ...remarkQuarantine(result)];
}

/** A case that is well again can leave its quarantine. */
function remarkQuarantine({
  definition,
  knownFailure,
  quarantined,
  verdict,
}: CaseResult): string[] {
  const { quarantine } = definition;
  if (quarantine === undefined || verdict !== 'match' || knownFailure !== undefined) return [];
  return quarantined === true
    ? [`passes, and is quarantined until ${quarantine.until} (${quarantine.reason})`]
    : [`passes; its quarantine ended on ${quarantine.until}: take it out`];
}

/** The remarks of one lane. Not escaped. */
export function listLaneRemarks(result: CaseResult, laneId: string): readonly string[] {
  const observation = lastObserved(result.lanes[laneId]?.attempts ?? []);
  return observation === undefined ? [] : remarksOn(observation, result);
}

function remarksOn(observation: Observation, result: CaseResult): readonly string[] {
  const { definition } = result;
  const cut = (['stdout', 'stderr'] as const).flatMap((stream) => {
    const captured = observation[stream];
    if (!captured.truncated) return [];
    const compared = !definition.compare.includes(stream)
      ? ''
      : isComparedByDigest(stream, result)
        ? ', the rest was compared by a digest'
        : ', and only these were compared';
    const kept = capturedBuffer(captured).length;
    return `${stream} was cut: ${kept} of ${plural(captured.totalBytes, 'byte')} were kept${compared}; raise limits.output`;
  });
  const limits = observation.unenforcedLimits ?? [];
  // What an inspection notes is its result, and stands on its line.
  const notes = definition.command.kind === 'inspect' ? [] : (observation.notes ?? []);
  return [
    ...cut,
    ...(limits.length === 0 ? [] : [`limits not enforced: ${limits.join(', ')}`]),
    ...notes,
  ];
}

/** More different remarks than this are not counted, but shown each time. */
const MOST_COUNTED = 100;

/** Remarks that many cases have in common are shown with the first and counted for the end. */
export class RepeatedRemarks {
  readonly #again = new Map<string, number>();

  /** The remarks that were not there before. */
  take(remarks: readonly string[]): readonly string[] {
    return remarks.filter((remark) => {
      const again = this.#again.get(remark);
      if (again !== undefined) this.#again.set(remark, again + 1);
      else if (this.#again.size < MOST_COUNTED) this.#again.set(remark, 0);
      return again === undefined;
    });
  }

  /** `REMARK (on N more cases)`, for those that came again. */
  list(): readonly string[] {
    return Array.from(this.#again)
      .filter(([, again]) => again > 0)
      .map(([remark, again]) => `${remark} (on ${plural(again, 'more case')})`);
  }
}
