import type { LaneSpec } from '../../core/index.ts';
import { loadProject } from '../../suite/index.ts';
import { readLanes } from '../read-lanes.ts';

/**
 * The lanes that the project file of a directory names; none without one.
 * @throws ArchParityError `PROJECT_…`, `LANE_…` (exit 2)
 */
export async function readProjectLanes(cwd: string): Promise<readonly LaneSpec[]> {
  const project = await loadProject(cwd);
  return project === undefined ? [] : readLanes([...project.lanes.keys()], cwd);
}
