// `archparity inspect`: the images themselves, and the files that name them.
export { inspectReference, type InspectRequest } from './inspect/inspect-image.ts';
export { inspectFile, type InspectFileRequest } from './inspect/inspect-file.ts';
export { deploymentExitCode, inspectExitCode } from './inspect/inspect-exit-code.ts';
export type {
  FindingCounts,
  InspectedImage,
  InspectedPlatform,
  InspectReport,
} from './inspect/inspect-report.ts';
export type { DeploymentReport, JudgedUse, UseState } from './inspect/deployment-report.ts';
export type { ImageMapping } from './inspect/image-names.ts';
export type { FileRemark, ImageUse, NodeGroup, Taint } from './inspect/image-use.ts';
export type {
  AuditFinding,
  DescribedLayer,
  FindingPlace,
  FindingRule,
  FindingSeverity,
  ImageAudit,
  ImageFinding,
} from '../image/index.ts';
