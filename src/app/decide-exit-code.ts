import { ExitCode } from '../core/index.ts';
import type { Tallied } from '../run/index.ts';

/** The exit code of a run by what came of its cases and lanes. */
export function decideExitCode(
  { summary, failures, judged, bugs }: Tallied,
  run: {
    readonly interrupted: boolean;
    readonly laneMissing: boolean;
    /** It is one of several shards: one with nothing to run is no mistake. */
    readonly isPart?: boolean;
  },
): ExitCode {
  if (run.interrupted) return ExitCode.interrupted;
  if (bugs > 0) return ExitCode.internal;
  if (failures > 0) return ExitCode.caseFailed;
  if (summary.infraError > 0 || run.laneMissing) return ExitCode.environment;
  if (judged > 0 || (run.isPart === true && summary.unsupported === 0)) return ExitCode.ok;
  return ExitCode.nothingRan;
}
