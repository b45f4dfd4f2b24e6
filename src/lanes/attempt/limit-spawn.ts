import type { SpawnSpec } from '../../agent/index.ts';
import type { CommandRequest, PreparedSpawn } from './prepared-spawn.ts';

/** Processes of a case that are not the subject's: the init, in a container crun and the init there, too. */
function ownProcesses({ inner }: SpawnSpec): number {
  if (inner === undefined) return 1;
  return inner.inPlace === true ? 2 : 3;
}

/** Has the agent enforce the limits of a case, where it can (`AgentHello.limits`). */
export function limitSpawn(prepared: PreparedSpawn, { limits }: CommandRequest): PreparedSpawn {
  const { memoryBytes, pids } = limits ?? {};
  const spec: SpawnSpec = {
    ...prepared.spec,
    ...(memoryBytes === undefined ? {} : { memoryMaxBytes: memoryBytes }),
    ...(pids === undefined ? {} : { pidsMax: pids + ownProcesses(prepared.spec) }),
  };
  return { ...prepared, spec, enforcesLimits: true };
}
