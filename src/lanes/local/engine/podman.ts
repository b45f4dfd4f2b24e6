import { requireTool } from '../../../process/index.ts';
import { readEngineVersion } from './engine-version.ts';
import { requireIds, type EngineLane, type LocalEngine } from './local-engine.ts';
import { openRuntimeEngine } from './runtime-engine.ts';

/**
 * podman of this machine in the lane's namespaces, where it is root as a rootless one is in its own. Its storage
 * lies in each case's scratch, so nobody's is looked at or changed.
 * @throws ArchParityError `TOOL_MISSING`, `ENGINE_IMPOSSIBLE`
 */
export async function openPodman(lane: EngineLane): Promise<LocalEngine> {
  const podman = await requireTool('podman');
  requireIds('podman', lane);
  const version = await readEngineVersion('podman', podman, lane);
  return openRuntimeEngine(lane, { podman, version });
}
