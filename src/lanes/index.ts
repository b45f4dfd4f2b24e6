export type { AttemptOptions, ImageRoot, Interactive, InteractiveRequest, Lane } from './lane.ts';
export { LANE_SETTINGS, parseLaneSpec, parseLaneSpecs } from './lane-spec.ts';
export { openLane } from './open-lane.ts';
export type { OpenLaneOptions } from './local/open-local-lane.ts';
