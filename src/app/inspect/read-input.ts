import { readFile, stat } from 'node:fs/promises';

/** `-f <(helm template …)`: what a shell opened has a writer, and its end is the end of the file. */
const OPENED_BY_SHELL = /^\/(?:dev\/(?:fd\/|stdin$)|proc\/self\/fd\/)/;

/**
 * Reads a text file. A fifo without a writer would be waited for, and no signal ends that.
 * @throws Error the system's, or that it is no regular file
 */
export async function readInput(path: string): Promise<string> {
  const facts = await stat(path);
  if (facts.isFile() || OPENED_BY_SHELL.test(path)) return readFile(path, 'utf8');
  throw new Error(facts.isDirectory() ? 'it is a directory' : 'it is no regular file');
}
