import { readVersion } from '../app/version.ts';
import { ExitCode, findNearest, usageError, type ArchParityError } from '../core/index.ts';
import { COMMANDS } from './command-table.ts';
import { executeCommand } from './execute-command.ts';
import { guardOutput } from './guard-output.ts';
import { printError } from './print-error.ts';

async function showHelp(toError: boolean): Promise<void> {
  guardOutput(ExitCode.environment);
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

/** `USAGE` for a first word that is no command. */
function unknownCommand(word: string): ArchParityError {
  if (word.startsWith('-')) {
    return usageError(
      'USAGE',
      `There is no option ${word} before a command.`,
      'Options follow the command: archparity COMMAND [options]; archparity --help lists the commands.',
    );
  }
  const nearest = findNearest(
    word,
    COMMANDS.map(({ name }) => name),
  );
  const meant = nearest === undefined ? '' : `Did you mean archparity ${nearest}? `;
  return usageError(
    'USAGE',
    `There is no command "${word}".`,
    `${meant}archparity --help lists them.`,
  );
}

/** Runs the command line and gives the exit code; never throws for what a user can cause. */
export async function main(words: readonly string[]): Promise<number> {
  const [first, ...rest] = words;
  if (first === '--version' || first === '-V') {
    guardOutput(ExitCode.environment);
    process.stdout.write(`${readVersion()}\n`);
    return ExitCode.ok;
  }
  // What the scripts of `archparity completion` call.
  if (first === '--get-yargs-completions') {
    const { completeWords } = await import('./complete-words.ts');
    process.stdout.write((await completeWords(rest)).map((word) => `${word}\n`).join(''));
    return ExitCode.ok;
  }
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    const topic = COMMANDS.find(({ name }) => name === rest[0]);
    if (topic !== undefined) return executeCommand(topic.name, await topic.load(), ['--help']);
    await showHelp(first === undefined);
    return first === undefined ? ExitCode.usage : ExitCode.ok;
  }
  const entry = COMMANDS.find(({ name }) => name === first);
  if (entry === undefined) {
    return printError(unknownCommand(first), false);
  }
  return executeCommand(entry.name, await entry.load(), rest);
}
