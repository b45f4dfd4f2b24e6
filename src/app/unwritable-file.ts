import { ArchParityError, errorMessage, ExitCode } from '../core/index.ts';

/**
 * The error for a file that the user named and that cannot be written.
 * @param file - with its article and kind, as in `The report r.html`
 */
export function unwritableFile(code: string, file: string, cause: unknown): ArchParityError {
  return new ArchParityError({
    code,
    message: `${file} cannot be written: ${errorMessage(cause)}.`,
    advice: 'Name a file in a directory that exists and that you may write to.',
    exitCode: ExitCode.usage,
    cause,
  });
}
