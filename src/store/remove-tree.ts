import { rm } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { ArchParityError } from '../core/index.ts';
import { createExec, type Exec } from '../process/index.ts';

export interface RemoveTreeOptions {
  readonly exec?: Exec;
}

/**
 * Removes a directory with all that is in it; a path that is not there is fine. Links are removed,
 * not followed. Files of subordinate uids and directories without write permission, as unpacked
 * images have them, are removed from inside a user namespace where we own them.
 *
 * @param path - absolute, and not the root itself
 * @throws ArchParityError `REMOVE_FAILED` (exit 3)
 */
export async function removeTree(
  path: string,
  { exec = createExec() }: RemoveTreeOptions = {},
): Promise<void> {
  if (!isAbsolute(path) || resolve(path) === '/') {
    throw new TypeError(`not a tree to remove: ${path}`);
  }
  try {
    await rm(path, { recursive: true, force: true });
    return;
  } catch (cause) {
    // All our subordinate uids first; without an entry in /etc/subuid our own uid alone.
    for (const maps of [['--map-root-user', '--map-auto'], ['--map-root-user']]) {
      const result = await exec('unshare', ['--user', ...maps, 'rm', '-rf', '--', path]);
      if (result.exitCode === 0) return;
    }
    throw new ArchParityError({
      code: 'REMOVE_FAILED',
      message: `Could not remove ${path}.`,
      advice: `Remove it by hand: unshare --user --map-root-user --map-auto rm -rf ${path}`,
      cause,
    });
  }
}
