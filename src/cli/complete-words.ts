import { basename } from 'node:path';
import { COMMANDS } from './command-table.ts';
import { createParser } from './parse-command.ts';

/**
 * What may stand for the last of these words, for a shell.
 * @param line - as the shell has it: bash and zsh with the name of the program, fish without
 */
export async function completeWords(line: readonly string[]): Promise<readonly string[]> {
  const words = basename(line[0] ?? '') === 'archparity' ? line.slice(1) : line;
  const [name = '', ...rest] = words;
  if (rest.length === 0) return [...COMMANDS.map((entry) => entry.name), '--help', '--version'];
  const entry = COMMANDS.find((one) => one.name === name);
  if (entry === undefined) return [];
  const found = await createParser(name, await entry.load()).getCompletion(rest);
  // yargs writes the one-letter names with two dashes, too.
  return found.filter((word) => !/^--.(?::|\t|$)/.test(word));
}
