import { ExitCode } from '../core/index.ts';
import type { Command } from './command.ts';
import { parseGuestCommand } from './parse-guest-command.ts';
import { printError } from './print-error.ts';

/**
 * Ends in order when the reader of our output is gone (`archparity … | head`): a command that cleans up
 * on SIGTERM is told so, the others have nothing to clean up.
 */
function surviveClosedPipes(): void {
  let told = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    // What is still written while the command ends fails as well.
    if (told) return;
    told = true;
    if (process.listenerCount('SIGTERM') > 0) process.kill(process.pid, 'SIGTERM');
    else process.exit(ExitCode.ok);
  });
}

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
  surviveClosedPipes();
  try {
    return await parseAndRun(name, command, words);
  } catch (error) {
    const code = await printError(error, words.includes('--verbose'));
    // docker's: what `run` itself cannot do is 125, so that it is not mistaken for the program's own.
    return name === 'run' ? runExitCode(error, code) : code;
  }
}

function runExitCode(error: unknown, code: number): number {
  const name =
    typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (name === 'ELF_NOT_FOUND') return ExitCode.notFound;
  if (name.startsWith('ELF_') || name.startsWith('BINARY_')) return ExitCode.notExecutable;
  return code === ExitCode.internal ? code : ExitCode.runFailed;
}
