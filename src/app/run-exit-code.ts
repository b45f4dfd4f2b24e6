import { ExitCode, type Attempt } from '../core/index.ts';
import { signalNumber } from '../process/index.ts';

/** What `archparity run` ends with. */
export interface RunEnding {
  /** docker's: 128+N for a signal, 126 and 127 for what could not be started, 125 for ourselves. */
  readonly exitCode: number;
  /** What to tell the user, when it is not the command's own doing. */
  readonly message?: string;
}

/** How an interactive command ended, as an exit code. */
export function runEnding(attempt: Attempt): RunEnding {
  if (attempt.infra !== undefined) {
    const { message, advice } = attempt.infra;
    return {
      exitCode: ExitCode.runFailed,
      message: advice === undefined ? message : `${message}\n  ${advice}`,
    };
  }
  const termination = attempt.observation?.termination;
  switch (termination?.kind) {
    case 'exit':
      return { exitCode: termination.code };
    case 'signal':
      return { exitCode: 128 + (signalNumber(termination.signal) ?? 0) };
    case 'not-started': {
      const missing = termination.errno === 'ENOENT' || termination.errno === 'ENOTDIR';
      return {
        exitCode: missing ? ExitCode.notFound : ExitCode.notExecutable,
        message: termination.message,
      };
    }
    case 'timeout':
    case undefined:
      return { exitCode: ExitCode.runFailed };
  }
}
