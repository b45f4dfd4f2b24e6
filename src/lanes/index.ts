import type * as PrivateDaemons from './docker/private-daemon.ts';
import type * as HandlerAdministration from './emulated/administer-handlers.ts';
import type * as RemoteDockers from './ssh/remote-docker.ts';
import type * as GuestTools from './tools/guest-tool.ts';
import type * as Visits from './ssh/visit-host.ts';
import type * as Administration from './vm/administer.ts';
import type * as BuildNodes from './vm/node/open-build-node.ts';

export type {
  AttemptOptions,
  SentSubject,
  Turn,
  CaseSurroundings,
  ConnectionTarget,
  Container,
  ContainerStarter,
  ImageRoot,
  Interactive,
  InteractiveRequest,
  Lane,
  OutputListener,
  ServiceConnection,
  Surroundings,
} from './lane.ts';
export {
  LANE_ENGINES,
  LANE_KINDS,
  LANE_SETTINGS,
  parseLaneSpec,
  requireDistinctLanes,
  type LaneEngine,
} from './lane-spec.ts';
export type { OpenLaneOptions } from './local/open-local-lane.ts';
export { openLane } from './open-lane.ts';
export { DEFAULT_PATH, parseEnvironment } from './environment.ts';
export { commonProgramName } from './attempt/subject.ts';
export { findProgram } from './attempt/container-argv.ts';
export type { PrivateDaemon, PrivateDaemonOptions } from './docker/private-daemon.ts';
export { placeWitness, readWitness, type WitnessAnswer } from './emulated/ask-witness.ts';
export type { HandlerTrials } from './emulated/try-handlers.ts';
export { binfmtMagic, escapeBytes, formatBinfmtEntry } from './emulated/binfmt-entry.ts';
export {
  BINFMT_DIRECTORY,
  findHandlersFor,
  findServingHandler,
  isMeantFor,
  plainHeader,
  readHandlerTable,
  takesHeader,
  type HandlerTable,
  type HostHandler,
} from './emulated/host-handlers.ts';
export {
  findHandlerFaults,
  findInterpreterFaults,
  readInterpreterState,
  type HandlerFault,
  type HandlerFaultKind,
} from './emulated/handler-faults.ts';
export {
  findHandlerClaims,
  OWN_FILE_PREFIX,
  OWN_PREFIX,
  type HandlerClaim,
  type HandlerManager,
} from './emulated/handler-owner.ts';
export { nameCpu } from './emulated/cpu-names.ts';
export { prepareEmulator, type Emulator } from './emulated/prepare-emulator.ts';
export { findQemu, inspectQemu } from './emulated/qemu.ts';
export { SharedConnections } from './ssh/shared-connections.ts';
export type { BuildNode, BuildNodeOptions } from './vm/node/open-build-node.ts';
export type { HostReport } from './ssh/visit-host.ts';

/** Changing and trying the handlers of the host; loaded when they are administered. */
export async function administerHandlers(): Promise<typeof HandlerAdministration> {
  return import('./emulated/administer-handlers.ts');
}

/** The kernels, snapshots and kept machines behind vm lanes; loaded when they are asked for. */
export async function administerMachines(): Promise<typeof Administration> {
  return import('./vm/administer.ts');
}

/** Hosts of ssh lanes, looked at and cleaned; loaded when they are asked for. */
export async function visitHosts(): Promise<typeof Visits> {
  return import('./ssh/visit-host.ts');
}
export type { RemoteDocker, RemoteDockerOptions } from './ssh/remote-docker.ts';

/** Docker daemons of other machines; loaded when they are asked for. */
export async function remoteDockers(): Promise<typeof RemoteDockers> {
  return import('./ssh/remote-docker.ts');
}

/** Arm64 machines of one's own that build images; loaded when they are asked for. */
export async function buildNodes(): Promise<typeof BuildNodes> {
  return import('./vm/node/open-build-node.ts');
}

/** Tools that watch programs in microVMs; loaded when they are asked for. */
export async function guestTools(): Promise<typeof GuestTools> {
  return import('./tools/guest-tool.ts');
}

/** Docker daemons in namespaces of their own; loaded when they are asked for. */
export async function privateDaemons(): Promise<typeof PrivateDaemons> {
  return import('./docker/private-daemon.ts');
}
