/**
 * The public API of archparity: the use cases behind the commands, and the words as types.
 * @packageDocumentation
 */
export { readVersion } from './app/version.ts';
export {
  runCommand,
  type Interactive,
  type RunCommandOptions,
  type ServiceConnection,
} from './app/run-command.ts';
export { testTargets, readRecord, type TestOptions, type TestOutcome } from './app/test-targets.ts';
export {
  testSubjects,
  type ReporterClock,
  type ReporterOptions,
  type TestRequest,
} from './app/test-subjects.ts';
export type { CiSystem } from './app/ci-system.ts';
export { PULL_POLICIES, type ImageAccessRequest, type PullPolicy } from './app/image-access.ts';
export { mergeRecords, type MergeRequest } from './app/merge.ts';
export {
  benchSubjects,
  type BenchOutcome,
  type BenchReport,
  type BenchRequest,
} from './app/bench.ts';
export { defineBenchmarks, type BenchCommands, type BenchParameter } from './app/bench-words.ts';
export {
  examineMachine,
  type Check as DoctorCheck,
  type CheckState as DoctorCheckState,
  type Fix as DoctorFix,
  type Mode as DoctorMode,
  type Modes as DoctorModes,
  type PackageManager,
  type Place as DoctorPlace,
  type DoctorOptions,
  type DoctorReport,
} from './app/doctor.ts';
export {
  explainLog,
  type ExplainedFinding,
  type ExplainReport,
  type ExplainRequest,
} from './app/explain.ts';
export {
  inspectFile,
  inspectReference,
  type AuditFinding,
  type DeploymentReport,
  type DescribedLayer,
  type FileRemark,
  type FindingCounts,
  type FindingPlace,
  type FindingRule,
  type FindingSeverity,
  type ImageAudit,
  type ImageFinding,
  type ImageMapping,
  type InspectedImage,
  type InspectedPlatform,
  type InspectFileRequest,
  type InspectReport,
  type InspectRequest,
  type JudgedUse,
  type NodeGroup,
  type Taint,
  type UseState,
} from './app/inspect.ts';
export type * from './core/index.ts';
export {
  ArchParityError,
  BENCH_METRICS,
  capturedBuffer,
  capturedText,
  ExitCode,
  foreignPlatform,
  hostPlatform,
  isFailure,
  METRIC_NAMES,
  parsePlatform,
  PLATFORMS,
  RECORD_VERSION,
  VERDICT_PRECEDENCE,
} from './core/index.ts';
