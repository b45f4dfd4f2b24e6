import type { LaneInfo } from '../core/index.ts';

/** What a plan needs to know of a lane. */
export type PlanLane = Pick<LaneInfo, 'id' | 'kind' | 'platform' | 'capabilities'> & {
  /** Why a lane that was asked for is not there: what it should have run is `unsupported`. */
  readonly absent?: string;
};
