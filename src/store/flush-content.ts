import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createExec, type CreateExecOptions } from '../process/index.ts';

/** With more files than this, writing the whole file system out is faster than each of them. */
const MOST_FILES = 64;

/**
 * Has a directory's content written to the disk, so that a crash of the machine cannot leave a finished
 * entry with empty files.
 */
export async function flushContent(
  directory: string,
  options: Pick<CreateExecOptions, 'logger'>,
): Promise<void> {
  const paths: string[] = [];
  if ((await collectPaths(directory, paths)) && (await flushEach(paths))) return;
  // syncfs(2). Where there is no such tool, a crash costs a second build at worst.
  await createExec(options)('sync', ['--file-system', directory], { input: '' }).catch(
    () => undefined,
  );
}

/** Files and directories, children first; `false` when there are too many or some may not be looked at. */
async function collectPaths(directory: string, paths: string[]): Promise<boolean> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return false;
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isFile()) paths.push(path);
    else if (entry.isDirectory() && !(await collectPaths(path, paths))) return false;
    if (paths.length > MOST_FILES) return false;
  }
  paths.push(directory);
  return true;
}

/** `false` at a file that we may not open. */
async function flushEach(paths: readonly string[]): Promise<boolean> {
  for (const path of paths) {
    const file = await open(path, 'r').catch(() => undefined);
    if (file === undefined) return false;
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }
  return true;
}
