/** The words of `archparity bench`: how they are read, and the files that it writes. */
export { defineBenchmarks, type BenchCommands } from './bench/bench-definitions.ts';
export { chooseBenchLanes } from './bench/choose-bench-lanes.ts';
export { readMetrics } from './bench/choose-metrics.ts';
export {
  readParameterList,
  readParameterScan,
  type Parameter as BenchParameter,
} from './bench/expand-parameters.ts';
export { loadBenchSuites, nameSuites } from './bench/load-bench-suites.ts';
export { readPlan, readShare } from './bench/read-plan.ts';
export { readDurationOption } from './read-duration.ts';
export { writeExports } from './bench/write-exports.ts';
