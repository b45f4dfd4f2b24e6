export type { AgentHello } from './agent-hello.ts';
export { AgentClient, AgentRequestError, type AgentStreams, type FileStat } from './client.ts';
export { AgentConnection } from './connection.ts';
export { Spawned, type OutputStream, type SpawnHandlers, type SpawnOutcome } from './spawned.ts';
export { SpawnRequest } from './spawn-request.ts';
export type { FileIdentity } from './started-program.ts';
export {
  type MountOperation,
  type Owner,
  type ResourceLimit,
  type SpawnSpec,
} from './spawn-spec.ts';
export {
  signalName,
  type AgentFailure,
  type ExitReport,
  type ShortageReport,
  type StepFailure,
  type TreeEntry,
} from './spawn-outcome.ts';
export { agentPath } from './agent-path.ts';
export {
  agentArguments,
  startLocalAgent,
  type IdMap,
  type LocalAgent,
  type LocalAgentOptions,
  type NamespaceOptions,
} from './local-agent.ts';
