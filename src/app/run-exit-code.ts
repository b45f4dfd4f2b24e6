import { ExitCode, type Attempt } from '../core/index.ts';
import { signalNumber } from '../process/index.ts';

/** What `archparity run` ends with. */
export interface RunEnding {
  /** docker's: 128+N for a signal, 126 and 127 for what could not be started, 125 for ourselves. */
  readonly exitCode: number;
  /** What to tell the user, when it is not the command's own doing: lines as of an error. */
  readonly message?: string;
}

interface Told {
  readonly message: string;
  readonly advice?: string;
  readonly code?: string;
}

function tell({ message, advice, code }: Told): string {
  return [
    message,
    ...(advice === undefined ? [] : [`  ${advice}`]),
    ...(code === undefined ? [] : [`  (${code})`]),
  ].join('\n');
}

/** How an interactive command ended, as an exit code. */
export function runEnding(attempt: Attempt): RunEnding {
  if (attempt.infra !== undefined)
    return { exitCode: ExitCode.runFailed, message: tell(attempt.infra) };
  const termination = attempt.observation?.termination;
  switch (termination?.kind) {
    case 'exit':
      return { exitCode: termination.code };
    case 'signal':
      return { exitCode: 128 + (signalNumber(termination.signal) ?? 0) };
    case 'not-started': {
      const missing = termination.errno === 'ENOENT' || termination.errno === 'ENOTDIR';
      const command = missing ? ExitCode.notFound : ExitCode.notExecutable;
      // docker has its codes for the command alone.
      const isDirectory = termination.code === 'WORKDIR_UNUSABLE';
      return { exitCode: isDirectory ? ExitCode.runFailed : command, message: tell(termination) };
    }
    case 'timeout':
    case undefined:
      return { exitCode: ExitCode.runFailed };
  }
}
