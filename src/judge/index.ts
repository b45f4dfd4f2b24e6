export { renewKnown, type KnownRenewal } from './apply-known.ts';
export { judgeCase, wantsReferee, type JudgeOptions } from './judge-case.ts';
export type { LaneAttempts } from './judge-lane.ts';
export { addToSummary, createSummary } from './summarise.ts';
