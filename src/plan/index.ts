export { decideLane, LEFT_OUT, type LaneDecision, listLaneNotes } from './decide-lane.ts';
export { fingerprintPlan, fingerprintTimings } from './fingerprint.ts';
export { type Filter, type FilterLane, matchesFilter } from './filter.ts';
export { parseFilter } from './parse-filter.ts';
export { type Plan, planCases, type PlannedCase, type PlanOptions } from './plan-cases.ts';
export type { PlanLane } from './plan-lane.ts';
export {
  type EngineShard,
  type Environment,
  readShardFromEnvironment,
} from './shard-from-environment.ts';
export { parseShard, type Shard } from './shard.ts';
export { timeoutFor } from './timeout-for.ts';
