import { chmod, open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Names of files that are not whole yet begin with it; those of somebody who was killed are swept. */
export const UNFINISHED_PREFIX = '.unfinished-';

/**
 * Writes a file that everybody may read, whole or not at all, on the disk before this returns. Its directory must be
 * there.
 * @param mode - permissions, whatever the umask is
 * @throws the error of a system call
 */
export async function writeWhole(
  file: string,
  content: string | Uint8Array,
  mode = 0o644,
): Promise<void> {
  const directory = dirname(file);
  const unfinished = join(directory, `${UNFINISHED_PREFIX}${basename(file)}`);
  try {
    await writeFile(unfinished, content, { flush: true });
    await chmod(unfinished, mode);
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  const opened = await open(directory, 'r');
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}
