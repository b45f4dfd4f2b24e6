import { shortPlatform } from '../../core/index.ts';
import type { JoinedLane, JoinedRun } from '../../record/index.ts';
import { laneIdOf } from '../lane-id.ts';

/**
 * Counts lanes on which no record has run anything among what is missing: nothing else shows that a whole
 * architecture left no record.
 * @param wanted - as written for the runs, or as ids of the merged run: `native`, `arm=native`, `native@arm64`
 */
export function requireLanes(run: JoinedRun, wanted: readonly string[]): JoinedRun {
  const absent = [...new Set(wanted.map(laneIdOf))].filter(
    (id) => !run.lanes.some((lane) => isLane(lane, id)),
  );
  const gaps = absent.map((id) => ({
    message: `the lane ${id} is missing`,
    advice: 'Give the records of its runs, too.',
  }));
  return { ...run, gaps: [...run.gaps, ...gaps] };
}

/** A lane is called by its platform as well only where there is another of its name. */
function isLane({ info, recordedId, isOpen, isReferee }: JoinedLane, id: string): boolean {
  const platform = shortPlatform(info.platform);
  const names = [recordedId, info.kind].flatMap((name) => [name, `${name}@${platform}`]);
  return isOpen && !isReferee && [info.id, ...names].includes(id);
}
