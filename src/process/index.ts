export {
  createExec,
  type CommandLogger,
  type CreateExecOptions,
  type Exec,
  type ExecOptions,
  type ExecResult,
  type StreamTarget,
} from './exec.ts';
export type { EnvironmentChanges } from './environment.ts';
export {
  findTool,
  requireTool,
  type FindToolOptions,
  type RequireToolOptions,
} from './find-tool.ts';
export {
  detectPackageManager,
  installCommands,
  installHint,
  PACKAGE_MANAGERS,
  type PackageManager,
} from './install-hints.ts';
export { killTree, listProcessTree, readStartTime, type KillTreeOptions } from './kill-tree.ts';
export { homeDirectory } from './home-directory.ts';
export { quoteCommand, renderCommand, type QuotableCommand } from './quote-command.ts';
export {
  startAttached,
  type AttachedProcess,
  type StartAttachedOptions,
} from './start-attached.ts';
export { findShippedProgram } from './shipped-program.ts';
export {
  signalNumber,
  startProcess,
  type ProcessExit,
  type RunningProcess,
  type StartProcessOptions,
} from './start-process.ts';
