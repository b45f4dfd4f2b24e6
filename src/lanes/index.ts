export type { AttemptOptions, ImageRoot, Interactive, InteractiveRequest, Lane } from './lane.ts';
export { LANE_SETTINGS, parseLaneSpec, parseLaneSpecs } from './lane-spec.ts';
export { openLocalLane as openLane, type OpenLaneOptions } from './local/open-local-lane.ts';
