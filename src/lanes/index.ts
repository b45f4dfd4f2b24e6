import type * as Administration from './vm/administer.ts';

export type { AttemptOptions, ImageRoot, Interactive, InteractiveRequest, Lane } from './lane.ts';
export { LANE_SETTINGS, parseLaneSpec, parseLaneSpecs } from './lane-spec.ts';
export { openLane } from './open-lane.ts';
export type { OpenLaneOptions } from './local/open-local-lane.ts';

/** The kernels, snapshots and kept machines behind vm lanes; loaded when they are asked for. */
export async function administerMachines(): Promise<typeof Administration> {
  return import('./vm/administer.ts');
}
