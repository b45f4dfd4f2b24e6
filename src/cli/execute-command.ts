import { ArchParityError, ExitCode } from '../core/index.ts';
import type { Command } from './command.ts';
import { guardOutput } from './guard-output.ts';
import { parseGuestCommand } from './parse-guest-command.ts';
import { printError } from './print-error.ts';

async function parseAndRun(
  name: string,
  command: Command,
  words: readonly string[],
): Promise<number> {
  const guest =
    command.stopsAtFirstWord === true ? parseGuestCommand(name, command, words) : undefined;
  if (guest !== undefined) return command.run(guest);
  const { parseCommand } = await import('./parse-command.ts');
  const parsed = await parseCommand(name, command, words);
  if (parsed.kind === 'help') {
    process.stdout.write(`${parsed.text}\n`);
    return ExitCode.ok;
  }
  return command.run(parsed.argv);
}

/**
 * Parses the words after a command's name and runs it; the exit code. Never throws for what a user can
 * cause.
 */
export async function executeCommand(
  name: string,
  command: Command,
  words: readonly string[],
): Promise<number> {
  const output = guardOutput(name === 'run' ? ExitCode.runFailed : ExitCode.environment);
  try {
    const code = await parseAndRun(name, command, words);
    return output.failure() ?? code;
  } catch (thrown) {
    const error = isDirectoryGone(thrown) ? directoryGone(thrown) : thrown;
    const code = await printError(error, words.includes('--verbose'));
    // docker's: what `run` itself cannot do is 125, so that it is not mistaken for the program's own.
    return name === 'run' ? runExitCode(error, code) : code;
  }
}

/** `process.cwd()` says so, which nearly everything asks that is given a path. */
function isDirectoryGone(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'uv_cwd';
}

function directoryGone(cause: unknown): ArchParityError {
  return new ArchParityError({
    code: 'DIRECTORY_GONE',
    message: 'The current directory does not exist any more, or may not be entered.',
    advice: 'Change to another directory: cd /',
    cause,
  });
}

function runExitCode(error: unknown, code: number): number {
  const name =
    typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (name === 'ELF_NOT_FOUND') return ExitCode.notFound;
  if (name.startsWith('ELF_') || name.startsWith('BINARY_')) return ExitCode.notExecutable;
  return code === ExitCode.internal ? code : ExitCode.runFailed;
}
