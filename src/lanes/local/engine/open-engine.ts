import { findTool } from '../../../process/index.ts';
import type { LaneEngine } from '../../lane-spec.ts';
import type { EngineLane, LocalEngine } from './local-engine.ts';
import { openRuntimeEngine } from './runtime-engine.ts';

/**
 * Opens the engine of a lane. Of one that was asked for all that it needs must be there; crun is looked for when
 * there is an image to run.
 * @param tellsVersion - whether the version is worth its time
 * @throws ArchParityError `TOOL_MISSING`, `ENGINE_IMPOSSIBLE`
 */
export async function openEngine(
  name: LaneEngine,
  lane: EngineLane,
  tellsVersion: boolean,
): Promise<LocalEngine> {
  if (name === 'docker') {
    const { openDockerEngine } = await import('./docker-engine.ts');
    return openDockerEngine(lane);
  }
  const version = async (): Promise<{ readonly version?: string }> => {
    const path = findTool('crun');
    if (!tellsVersion || path === undefined || lane.opened.maps === undefined) return {};
    const { readEngineVersion } = await import('./engine-version.ts');
    return { version: await readEngineVersion('crun', path, lane) };
  };
  if (name === 'crun') return openRuntimeEngine(lane, await version());
  const { openPodman } = await import('./podman.ts');
  return openPodman(lane);
}
