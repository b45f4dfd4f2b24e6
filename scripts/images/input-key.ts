import { createHash } from 'node:crypto';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A digest of all that an image is made from: its definition and files, this builder and, when it packs
 * compiled programs, their key. Package versions are not in it: `--force` asks the mirror again.
 */
export async function computeInputKey(
  paths: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  for (const file of (await Promise.all(paths.map(listFiles))).flat().sort()) {
    const { mode } = await stat(file);
    hash.update(`${file}\0${mode & 0o100}\0`).update(await readFile(file));
  }
  return hash.digest('hex');
}

async function listFiles(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
