import { agentPath } from '../../../agent/index.ts';
import { hostPlatform } from '../../../core/index.ts';
import { requireTool } from '../../../process/index.ts';
import type { EnginePlace } from '../../attempt/engine-spawn.ts';
import type { ImageSubject } from '../../attempt/subject.ts';
import { pathHidden } from '../../attempt/unsupported-errors.ts';
import { importImage } from '../../docker/import-image.ts';
import { openPrivateDaemon, type PrivateDaemon } from '../../docker/private-daemon.ts';
import { readUlimits } from '../../docker/read-ulimits.ts';
import { RUN_DIRECTORY } from '../../environment.ts';
import { coveredPaths } from '../covered-paths.ts';
import { readEngineVersion } from './engine-version.ts';
import { requireIds, type EngineLane, type LocalEngine } from './local-engine.ts';

/** On all that is ours in a daemon that has nothing else. */
const LABEL = 'archparity=lane';
/** In the daemon's own /run. */
const SOCKETS = `${RUN_DIRECTORY}/archparity-cases`;

/** A daemon that runs, with what containers of it are made with. */
interface RunningDocker {
  readonly daemon: PrivateDaemon;
  readonly place: EnginePlace;
}

async function startDocker(lane: EngineLane, docker: string): Promise<RunningDocker> {
  const { emulator, logger, platform, translation } = lane;
  const isPrivate = translation.kind === 'private' && emulator !== undefined;
  const daemon = await openPrivateDaemon({
    ...(isPrivate ? { emulation: { platform, emulator, kind: 'tuned' } } : { keepsHandlers: true }),
    ...(logger === undefined ? {} : { logger }),
  });
  const { client, env } = daemon;
  try {
    await client.mount([{ kind: 'mkdir', path: SOCKETS, mode: 0o755 }]);
    const ulimits = readUlimits((await client.get('/proc/self/limits')).toString());
    const host = { env, ulimits, label: LABEL };
    const agent = agentPath(hostPlatform());
    return {
      daemon,
      // Only root of the machine could enter its network namespace.
      place: { kind: 'docker', agent, docker, host, scratch: SOCKETS, isApart: true, client },
    };
  } catch (error) {
    await daemon.close();
    throw error;
  }
}

/**
 * docker with a daemon in namespaces of its own, which starts with the first image. It has the lane's emulator and
 * ids, and everything of it is in memory.
 * @throws ArchParityError `TOOL_MISSING`, `ENGINE_IMPOSSIBLE`, `QEMU_NOT_STATIC`
 */
export async function openDockerEngine(lane: EngineLane): Promise<LocalEngine> {
  const dockerd = await requireTool('dockerd');
  const docker = await requireTool('docker');
  await requireTool('crun');
  requireIds('docker', lane);
  const { translation } = lane;
  const qemu = translation.kind === 'none' ? [] : [translation.qemu];
  refuseHidden(lane, [agentPath(hostPlatform()), ...qemu]);
  const version = await readEngineVersion('docker', dockerd, lane);
  const names = new Map<string, Promise<string>>();
  let starting: Promise<RunningDocker> | undefined;
  let running: RunningDocker | undefined;
  let isGone = false;
  const isLost = (): boolean =>
    isGone ||
    (running !== undefined &&
      (running.daemon.client.isLost || running.daemon.ended() !== undefined));
  const start = async (): Promise<RunningDocker> => {
    starting ??= startDocker(lane, docker);
    running = await starting;
    return running;
  };
  const bring = async (image: ImageSubject, name: string): Promise<string> => {
    refuseHidden(lane, [image.root]);
    const { daemon } = await start();
    const { env, client } = daemon;
    await importImage(image.root, {
      ...{ client, docker, env, name },
      label: LABEL,
      laneId: lane.id,
      ...(lane.logger === undefined ? {} : { logger: lane.logger }),
    });
    return name;
  };
  return {
    version,
    isLost,
    checkLost: async () => {
      // Nobody answers either when the agent that asks goes with it.
      if (!isLost() && running !== undefined)
        isGone = !(await running.daemon.answers().catch(() => false));
      return isLost();
    },
    bring: async (image) => {
      let name = names.get(image.root);
      if (name === undefined) {
        name = bring(image, `archparity:${String(names.size + 1)}`);
        names.set(image.root, name);
      }
      return { ...image, rootThere: await name };
    },
    place: async (needed) => {
      refuseHidden(lane, needed);
      return (await start()).place;
    },
    close: async () => {
      const started = await starting?.catch(() => undefined);
      await started?.daemon.close();
    },
  };
}

/** The daemon has a /run of its own. @throws ArchParityError `ENGINE_PATH_HIDDEN` */
function refuseHidden({ id }: EngineLane, paths: readonly string[]): void {
  const hidden = coveredPaths(paths).find((path) => path.startsWith(`${RUN_DIRECTORY}/`));
  if (hidden !== undefined) throw pathHidden(id, hidden);
}
