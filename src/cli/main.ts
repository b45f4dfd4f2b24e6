import { ExitCode } from '../core/index.ts';
import { readVersion } from '../app/version.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './command-table.ts';
import { parseGuestCommand } from './parse-guest-command.ts';
import { printError } from './print-error.ts';

/**
 * Ends in order when the reader of our output is gone (`archparity … | head`): a command that cleans up
 * on SIGTERM is told so, the others have nothing to clean up.
 */
function surviveClosedPipes(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (process.listenerCount('SIGTERM') > 0) process.kill(process.pid, 'SIGTERM');
    else process.exit(ExitCode.ok);
  });
}

async function showHelp(toError: boolean): Promise<void> {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const lines = [
    'archparity checks that your arm64 build behaves like your amd64 build, on the machine you have.',
    '',
    'Usage: archparity COMMAND [options]',
    '',
    'Commands:',
    ...COMMANDS.map(({ name, describe }) => `  ${name.padEnd(width)}  ${describe}`),
    '',
    'Options:',
    '  --help     Show this help; archparity COMMAND --help shows the command’s own',
    '  --version  Show the version',
    '',
    'Examples:',
    '  archparity test oci:build/app       what differs between the two platforms of an image',
    '  archparity run ./hello_arm64        run an arm64 program on this machine',
    '  archparity doctor                   is this machine ready?',
    '',
  ];
  await new Promise((resolve) =>
    (toError ? process.stderr : process.stdout).write(lines.join('\n'), resolve),
  );
}

async function runCommand(
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

/** Runs the command line and gives the exit code; never throws for what a user can cause. */
export async function main(words: readonly string[]): Promise<number> {
  surviveClosedPipes();
  const [first, ...rest] = words;
  if (first === '--version' || first === '-V') {
    process.stdout.write(`${readVersion()}\n`);
    return ExitCode.ok;
  }
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    const topic = COMMANDS.find(({ name }) => name === rest[0]);
    if (topic !== undefined) return runCommand(topic.name, await topic.load(), ['--help']);
    await showHelp(first === undefined);
    return first === undefined ? ExitCode.usage : ExitCode.ok;
  }
  const entry = COMMANDS.find(({ name }) => name === first);
  if (entry === undefined) {
    process.stderr.write(`archparity: there is no command "${first}".\n\n`);
    await showHelp(true);
    return ExitCode.usage;
  }
  const verbose = rest.includes('--verbose');
  try {
    return await runCommand(entry.name, await entry.load(), rest);
  } catch (error) {
    const code = await printError(error, verbose);
    // docker's: what `run` itself cannot do is 125, so that it is not mistaken for the program's own.
    return entry.name === 'run' ? runExitCode(error, code) : code;
  }
}

function runExitCode(error: unknown, code: number): number {
  const name =
    typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (name === 'ELF_NOT_FOUND') return ExitCode.notFound;
  if (name.startsWith('ELF_') || name.startsWith('BINARY_')) return ExitCode.notExecutable;
  return code === ExitCode.internal ? code : ExitCode.runFailed;
}
