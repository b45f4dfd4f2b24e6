import type * as Visits from './ssh/visit-host.ts';
import type * as Administration from './vm/administer.ts';
import type * as BuildNodes from './vm/node/open-build-node.ts';

export type { AttemptOptions, ImageRoot, Interactive, InteractiveRequest, Lane } from './lane.ts';
export { LANE_KINDS, LANE_SETTINGS, parseLaneSpec, requireDistinctLanes } from './lane-spec.ts';
export type { OpenLaneOptions } from './local/open-local-lane.ts';
export { openLane } from './open-lane.ts';
export { SharedConnections } from './ssh/shared-connections.ts';
export type { BuildNode, BuildNodeOptions } from './vm/node/open-build-node.ts';
export type { HostReport } from './ssh/visit-host.ts';

/** The kernels, snapshots and kept machines behind vm lanes; loaded when they are asked for. */
export async function administerMachines(): Promise<typeof Administration> {
  return import('./vm/administer.ts');
}

/** Hosts of ssh lanes, looked at and cleaned; loaded when they are asked for. */
export async function visitHosts(): Promise<typeof Visits> {
  return import('./ssh/visit-host.ts');
}

/** Arm64 machines of one's own that build images; loaded when they are asked for. */
export async function buildNodes(): Promise<typeof BuildNodes> {
  return import('./vm/node/open-build-node.ts');
}
