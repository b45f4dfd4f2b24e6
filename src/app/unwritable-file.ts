import { ArchParityError, errorMessage, ExitCode } from '../core/index.ts';
import { isDiskAtFault } from '../store/index.ts';

/**
 * The error for a file that the user named and that cannot be written: exit 2, or 3 when it is the disk's fault.
 * @param file - with its article and kind, as in `The report r.html`
 */
export function unwritableFile(code: string, file: string, cause: unknown): ArchParityError {
  const isDisk = isDiskAtFault(cause);
  return new ArchParityError({
    code,
    message: `${file} cannot be written: ${errorMessage(cause)}.`,
    advice: isDisk
      ? 'Make room where it goes, or write it elsewhere.'
      : 'Name a file in a directory that exists and that you may write to.',
    exitCode: isDisk ? ExitCode.environment : ExitCode.usage,
    cause,
  });
}
