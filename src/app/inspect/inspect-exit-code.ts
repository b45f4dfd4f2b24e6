import { ExitCode } from '../../core/index.ts';
import type { DeploymentReport } from './deployment-report.ts';
import type { InspectReport } from './inspect-report.ts';

/** 1 when something cannot work on a machine that gets the image. */
export function inspectExitCode({ summary }: InspectReport): ExitCode {
  return summary.errors > 0 ? ExitCode.caseFailed : ExitCode.ok;
}

/**
 * 1 when an image may land where it cannot work, 4 when the file names no image, 3 when one of its images
 * could not be checked: a gate must not open for what nobody has looked at.
 */
export function deploymentExitCode({ summary, uses, remarks }: DeploymentReport): ExitCode {
  const wrong = summary.lacking + summary.faulty;
  if (wrong > 0 || remarks.some(({ severity }) => severity === 'error')) return ExitCode.caseFailed;
  if (uses.length === 0) return ExitCode.nothingRan;
  return summary.unreachable > 0 ? ExitCode.environment : ExitCode.ok;
}
