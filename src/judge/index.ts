export { checkExchange } from './check-responses.ts';
export { meetsText } from './check-text.ts';
export { findPattern } from './re2-pattern.ts';
export { formatTermination } from './compare/compare-termination.ts';
export { compareObservations } from './compare/compare-observations.ts';
export { findDifferingSettings } from './differing-settings.ts';
export { renewKnown, type KnownRenewal } from './apply-known.ts';
export { applyQuarantine } from './apply-quarantine.ts';
export { judgeCase, wantsReferee, type JudgeOptions } from './judge-case.ts';
export type { LaneAttempts } from './judge-lane.ts';
export { addToSummary, createSummary } from './summarise.ts';
export { medianInterval, type Blocks } from './stats/bootstrap.ts';
export { compareSeries, judgeComparison, type SeriesComparison } from './stats/compare-series.ts';
export { adjustHolm } from './stats/holm.ts';
export { estimateNoiseFloor } from './stats/noise-floor.ts';
export { geometricMean, median, medianAbsoluteDeviation } from './stats/order.ts';
export { findFirstRunEffect, findOutliers } from './stats/outliers.ts';
export { chooseSeed, seededRandom, type SeededRandom } from './stats/seeded-random.ts';
export { detectDrift } from './stats/trend.ts';
export { createLogMatcher, type LogKnowledge } from './knowledge/log/match-log.ts';
export type { LogFinding, LogLine } from './knowledge/log/rank-findings.ts';
export type { LogFact, Remedy } from './knowledge/log/log-entry.ts';
export { KNOWLEDGE_BASE } from './knowledge/knowledge-base.ts';
export { LOG_ENTRIES } from './knowledge/log/log-entries.ts';
export {
  compareTraces,
  type AlignedEvent,
  type RawTrace,
  type TraceComparison,
  type TraceDifference,
} from './trace/compare-traces.ts';
