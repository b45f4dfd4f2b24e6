import { agentPath } from '../../../agent/index.ts';
import { ArchParityError, hostPlatform } from '../../../core/index.ts';
import { requireTool } from '../../../process/index.ts';
import { TERMINAL_GROUP } from '../../attempt/bundle-config.ts';
import type { ContainerPlace } from '../../attempt/container-spawn.ts';
import { findScratchDirectory } from '../scratch-directory.ts';
import { coversId } from '../user-maps.ts';
import type { EngineLane, LocalEngine } from './local-engine.ts';
import { placeTool } from './place-tool.ts';

export interface RuntimeOptions {
  readonly version?: string;
  /** Absolute path of podman; absent = crun is looked for. */
  readonly podman?: string;
}

/** The same for all containers of a lane. */
interface RuntimeTools extends Omit<ContainerPlace, 'scratch'> {
  /** Host paths that must stay visible. */
  readonly kept: readonly string[];
}

async function findTools(lane: EngineLane, podman: string | undefined): Promise<RuntimeTools> {
  const { cacheDir, opened, translation } = lane;
  const agent = await placeTool(agentPath(hostPlatform()), lane);
  const crun = podman ?? (await placeTool(await requireTool('crun'), lane));
  const qemu = translation.kind === 'none' ? [] : [translation.qemu];
  // crun refuses the hybrid hierarchy of cgroup v1 and v2, and wants to see one of its own.
  await opened.agent.client.mount([{ kind: 'cgroup2', target: '/sys/fs/cgroup' }]);
  const gidMaps = opened.maps?.gidMaps ?? [];
  return {
    agent,
    crun,
    ...(podman === undefined ? {} : { runtime: 'podman' }),
    kept: [agent, crun, cacheDir, ...qemu],
    canSetGroups: gidMaps.some(({ count }) => count > 1) || gidMaps.length > 1,
    hasTerminalGroup: coversId(gidMaps, TERMINAL_GROUP),
  };
}

/** An engine that is a program which the lane's own agent starts: crun, unless podman is given. */
export function openRuntimeEngine(
  lane: EngineLane,
  { podman, version }: RuntimeOptions = {},
): LocalEngine {
  let tools: Promise<RuntimeTools> | undefined;
  return {
    ...(version === undefined ? {} : { version }),
    isLost: () => false,
    checkLost: () => Promise.resolve(false),
    bring: (image) => Promise.resolve(image),
    place: async (needed) => {
      tools ??= findTools(lane, podman);
      const { kept, ...found } = await tools;
      const scratch = findScratchDirectory([...kept, ...needed]);
      if (scratch !== undefined) return { kind: 'runtime', ...found, scratch };
      throw new ArchParityError({
        code: 'SCRATCH_MISSING',
        message: 'There is no directory that a container could be put together in.',
        advice: 'Make an empty directory /mnt.',
      });
    },
    close: () => Promise.resolve(),
  };
}
