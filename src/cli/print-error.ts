import { formatError } from '../app/format-error.ts';
import { ArchParityError, errorMessage, ExitCode } from '../core/index.ts';

/** Prints an error for a person and gives the exit code that it means. */
export async function printError(error: unknown, verbose: boolean): Promise<ExitCode> {
  if (error instanceof ArchParityError) {
    process.stderr.write(`${await formatError(error, verbose)}\n`);
    return error.exitCode;
  }
  process.stderr.write(`archparity: this is a bug in archparity: ${errorMessage(error)}\n`);
  if (error instanceof Error && error.stack !== undefined) {
    process.stderr.write(`${error.stack}\n`);
  }
  return ExitCode.internal;
}
