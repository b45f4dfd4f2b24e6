export { askDaemon, findOwnDaemon } from './ask-daemon.ts';
export { auditBuiltImage, type BuiltAudit } from './audit-image.ts';
export { findBuildClient, type BuildClient } from './build-client.ts';
export type { BuildRun } from './build-image.ts';
export {
  compareImages,
  type FileDifference,
  type HiddenDifference,
  type ImageComparison,
} from './compare-images.ts';
export {
  compareDockerfiles,
  findCompilations,
  type DockerfileDifference,
} from './dockerfile-complexity.ts';
export { isRunStep, readStepName, type BuildStep } from './progress/build-step.ts';
export { noSpaceHere } from './explain-build-failure.ts';
export { pullTime } from './pull-time.ts';
export { requireManifestTool } from './push/docker-manifest.ts';
export { pushIndex, type PushedIndex, type PushTool } from './push/push-index.ts';
export { openCommandStrategy } from './strategies/command-strategy.ts';
export { openOwnDaemonStrategy } from './strategies/own-daemon-strategy.ts';
export { openPrivateStrategy } from './strategies/private-strategy.ts';
export { openRemoteStrategy, type RemoteNode } from './strategies/remote-strategy.ts';
export type { Strategy, StrategyContext, StrategyId } from './strategies/strategy.ts';
