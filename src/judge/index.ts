export { judgeCase, wantsReferee, type JudgeOptions } from './judge-case.ts';
export type { LaneAttempts } from './judge-lane.ts';
export { addToSummary, createSummary } from './summarise.ts';
