export { judgeCase, type JudgeOptions } from './judge-case.ts';
export type { LaneAttempts } from './judge-lane.ts';
export { evaluateChecks, expectationFor } from './checks.ts';
export {
  compareObservations,
  type Comparison,
  type ComparisonOptions,
} from './compare/compare-observations.ts';
export { diffText, type DiffLabels } from './compare/text-diff.ts';
export { formatTermination } from './compare/compare-termination.ts';
export {
  attributeDivergence,
  isReferee,
  type Attribution,
  type ObservedLane,
} from './attribute-divergence.ts';
export { explainDivergence } from './knowledge/explain-divergence.ts';
export { addToSummary, createSummary, summarise } from './summarise.ts';
