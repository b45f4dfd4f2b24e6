import { ArchParityError } from '../../core/index.ts';
import { createExec } from '../../process/index.ts';
import type { QemuProgram } from './bisect-report.ts';
import type { QemuSearch } from './find-qemus.ts';
import { shortVersion } from './qemu-version.ts';

/**
 * What stands below `Recognized CPUID flags:`, as QEMU for x86 says it; nothing where QEMU says no such thing.
 * @throws ArchParityError `FEATURES_UNKNOWN` (exit 2) when QEMU does not come to its end
 */
export async function listFeatures(
  { path, version }: Pick<QemuProgram, 'path' | 'version'>,
  { cancelSignal, logger }: Pick<QemuSearch, 'cancelSignal' | 'logger'>,
): Promise<readonly string[]> {
  const exec = createExec(logger === undefined ? {} : { logger });
  const answer = await exec(path, ['-cpu', 'help'], { timeoutMs: 20_000, cancelSignal });
  cancelSignal.throwIfAborted();
  // User-mode QEMUs end with 1 when they were asked for help.
  if (answer.exitCode === undefined)
    throw new ArchParityError({
      code: 'FEATURES_UNKNOWN',
      message: `QEMU ${shortVersion(version)} does not say which features its CPUs have: ${answer.timedOut ? 'no answer within 20 s' : (answer.signal ?? answer.failedToStart ?? 'it failed')}.`,
      advice: 'Name them: --feature NAME',
      exitCode: 2,
    });
  const [, listed = ''] = answer.stdout.split(/^Recognized .*:$/m);
  return listed.split(/\s+/).filter((word) => word !== '');
}
