export type { AttemptOptions, ImageRoot, Interactive, InteractiveRequest, Lane } from './lane.ts';
export { LANE_KINDS, LANE_SETTINGS, parseLaneSpec, requireDistinctLanes } from './lane-spec.ts';
export type { OpenLaneOptions } from './local/open-local-lane.ts';
export { openLane } from './open-lane.ts';
export { checkHost, cleanHost, type HostReport } from './ssh/visit-host.ts';
