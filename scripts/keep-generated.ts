import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';

const root = path.join(import.meta.dirname, '..');

/**
 * Writes a file that is made from data, formatted as the rest; with --check it only says whether the file is what
 * would be written (exit 1 when it is not).
 * @param name - from the top of the repository
 * @param script - the one to run when the file is stale
 */
export async function keepGenerated(
  name: string,
  text: string,
  { parser, script }: { readonly parser: 'json' | 'markdown'; readonly script: string },
): Promise<void> {
  const file = path.join(root, name);
  const wanted = await format(text, { ...(await resolveConfig(file)), parser });
  if (!process.argv.includes('--check')) return writeFile(file, wanted);
  const present = await readFile(file, 'utf8').catch(() => '');
  if (present === wanted) return undefined;
  console.error(`${name} is stale: run node ${script}`);
  process.exitCode = 1;
  return undefined;
}
