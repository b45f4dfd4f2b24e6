/**
 * The public API of archparity: the use cases behind the commands, and the words as types.
 * @packageDocumentation
 */
export { readVersion } from './app/version.ts';
export { runCommand, type RunCommandOptions } from './app/run-command.ts';
export { testSubjects, type TestRequest } from './app/test-subjects.ts';
export { mergeRecords, type MergeRequest } from './app/merge.ts';
export {
  benchSubjects,
  type BenchOutcome,
  type BenchReport,
  type BenchRequest,
} from './app/bench.ts';
export { defineBenchmarks, type BenchCommands } from './app/bench-words.ts';
export { examineMachine, type DoctorOptions, type DoctorReport } from './app/doctor.ts';
export {
  explainLog,
  type ExplainedFinding,
  type ExplainReport,
  type ExplainRequest,
} from './app/explain.ts';
export { inspectReference, type InspectReport, type InspectRequest } from './app/inspect.ts';
export { inspectFile, type DeploymentReport, type InspectFileRequest } from './app/inspect.ts';
export * from './core/index.ts';
