import { ArchParityError, errorMessage, ExitCode } from '../core/index.ts';
import { comeTooLate } from './cancel-on-signals.ts';
import { printError } from './print-error.ts';

/** What became of stdout while a command ran. */
export interface OutputGuard {
  /** The exit code when what the command said could not be written; it matters more than the command's own. */
  readonly failure: () => number | undefined;
}

/**
 * Ends in order when our output cannot be written: because its reader is gone (`archparity … | head`), which
 * is no failure, or because the disk is full. A command that cleans up on SIGTERM is told so, the others have
 * nothing to clean up.
 * @param failed - the exit code for a full disk
 */
export function guardOutput(failed: number): OutputGuard {
  let told = false;
  let failure: number | undefined;
  const end = (code: number): void => {
    // To listeners alone: as a second signal it would kill what a SIGHUP of the same terminal has begun to end.
    if (process.listeners('SIGTERM').some((listener) => listener !== comeTooLate))
      process.emit('SIGTERM', 'SIGTERM');
    else process.exit(code);
  };
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // What is still written while the command ends fails as well.
    if (told) return;
    told = true;
    if (error.code === 'EPIPE') {
      end(ExitCode.ok);
      return;
    }
    failure = failed;
    void printError(outputFailed(error), false).then(() => {
      end(failed);
    });
  });
  // There is nobody left to tell.
  process.stderr.on('error', () => undefined);
  return { failure: () => failure };
}

function outputFailed(error: NodeJS.ErrnoException): ArchParityError {
  return new ArchParityError({
    code: 'OUTPUT_FAILED',
    message: `The output cannot be written: ${errorMessage(error)}.`,
    advice: 'Make room where it goes, or write it elsewhere.',
    cause: error,
  });
}
