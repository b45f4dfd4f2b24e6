import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startProcess } from '../process/index.ts';
import { acquireLock, tryLock } from './file-lock.ts';
import { makeDirectory } from './make-directory.ts';
import { removeTree } from './remove-tree.ts';

/** A directory for what a command makes on the way, which may be much. */
export interface WorkDirectory {
  /** Absolute. */
  readonly path: string;
  /** Removes it. */
  remove(): Promise<void>;
}

/**
 * Ends with its stdin, and so with us, however we end. Programs that we started may write for a moment longer.
 */
const JANITOR_SCRIPT = 'cat >/dev/null; rm -rf -- "$1"; sleep 1; rm -rf -- "$1"';

/**
 * Makes a directory on the disk of the cache, which goes when we do, however we end. What is left all the same, by
 * a machine that lost its power, is removed by the next: the kernel has freed the lock.
 * @param kind - what it is for, a directory of the cache
 * @throws ArchParityError `LOCK_FAILED`, `TOOL_MISSING` (exit 3)
 */
export async function createWorkDirectory(cacheDir: string, kind: string): Promise<WorkDirectory> {
  const parent = join(cacheDir, kind);
  const lockOf = (name: string): string => join(cacheDir, 'locks', kind, `${name}.lock`);
  makeDirectory(parent, 0o700);
  for (const name of await readdir(parent)) {
    const lock = await tryLock(lockOf(name));
    if (lock === undefined) continue;
    await removeTree(join(parent, name)).catch(() => undefined);
    await lock.release();
    await rm(lockOf(name), { force: true });
  }
  // Short: a socket in it has a path of at most 107 bytes.
  const name = randomBytes(4).toString('hex');
  const lock = await acquireLock(lockOf(name));
  const path = join(parent, name);
  makeDirectory(path, 0o700);
  const janitor = await startProcess('/bin/sh', ['-c', JANITOR_SCRIPT, 'sh', path], {
    detached: true,
    stderr: 'ignore',
  });
  janitor.stdout.resume();
  return {
    path,
    remove: async () => {
      await removeTree(path);
      janitor.kill('SIGKILL');
      await janitor.exited;
      await lock.release();
      await rm(lockOf(name), { force: true });
    },
  };
}
