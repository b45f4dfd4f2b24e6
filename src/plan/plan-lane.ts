import type { LaneInfo } from '../core/index.ts';

/** What a plan needs to know of a lane. */
export type PlanLane = Pick<LaneInfo, 'id' | 'kind' | 'platform' | 'capabilities'>;
