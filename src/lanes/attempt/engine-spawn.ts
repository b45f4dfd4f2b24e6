import type { AgentClient, SpawnSpec } from '../../agent/index.ts';
import type { ContainerRun } from './container-run.ts';
import { containerSpawn, type ContainerPlace } from './container-spawn.ts';
import { dockerName, dockerSpawn, type DockerPlace } from './docker-spawn.ts';
import type { EngineNetwork } from './prepared-spawn.ts';
import type { Translation } from './translation.ts';
import { filesNotSeen, networkNotGiven } from './unsupported-errors.ts';

/** What starts the containers of a lane, and where: a runtime that our agent calls, or a docker daemon. */
export type EnginePlace =
  | (ContainerPlace & { readonly kind: 'runtime' })
  | (DockerPlace & {
      readonly kind: 'docker';
      /** The agent that calls docker. */
      readonly client: AgentClient;
    });

/** A container as an engine starts it. */
export interface EngineSpawn {
  readonly spec: SpawnSpec;
  /** The agent that runs it; absent = the lane's. */
  readonly client?: AgentClient;
  /** How the engine has others join its network; absent = the agent does. */
  readonly engineNetwork?: EngineNetwork;
}

export interface EngineLane {
  /** For messages. */
  readonly laneId: string;
  readonly translation: Translation;
}

/**
 * A container of a case by whatever engine the lane has. All that a case can see is to be the same by each.
 * @throws ArchParityError `CHANGED_FILES_NOT_SEEN`, `NETWORK_NOT_GIVEN`
 */
export function engineSpawn(
  run: ContainerRun,
  place: EnginePlace,
  { laneId, translation }: EngineLane,
): EngineSpawn {
  if (place.kind === 'runtime') return { spec: containerSpawn(run, place, translation) };
  if (run.pid1 === 'subject' && run.reportFiles) throw filesNotSeen(laneId);
  if (run.network === 'host' && place.isApart === true) throw networkNotGiven(laneId);
  const name = dockerName();
  const docker: DockerPlace = { ...place, translation };
  const join = (joins: string): SpawnSpec => dockerSpawn(run, docker, { name, joins });
  return {
    spec: dockerSpawn(run, docker, { name }),
    client: place.client,
    ...(run.network === 'none' ? { engineNetwork: { name, join } } : {}),
  };
}
