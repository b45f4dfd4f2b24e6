import { closeSync, constants, lstatSync, openSync, type Stats } from 'node:fs';
import { join } from 'node:path';

/** PATH_MAX with the NUL at its end (limits.h). */
const LONGEST_PATH = 4095;
const OPEN = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * `lstat` of a path below a root, however long both are together: what a container takes as a path may be
 * too long with the way to the container's root before it. `undefined` when nothing is there.
 */
export function lstatBelow(root: string, path: string): Stats | undefined {
  let base = root;
  let opened: number | undefined;
  const names = path.split('/').filter((name) => name !== '');
  try {
    for (;;) {
      const fitting = countFitting(base, names);
      if (fitting === names.length)
        return lstatSync(join(base, ...names), { throwIfNoEntry: false });
      const next = openSync(join(base, ...names.splice(0, fitting)), OPEN);
      if (opened !== undefined) closeSync(opened);
      opened = next;
      base = `/proc/self/fd/${opened}`;
    }
  } catch {
    // Not a directory, not ours to enter, or gone.
    return undefined;
  } finally {
    if (opened !== undefined) closeSync(opened);
  }
}

/** How many of the names may follow a base in one path; at least one. */
function countFitting(base: string, names: readonly string[]): number {
  let length = Buffer.byteLength(base);
  const tooLong = names.findIndex((name) => {
    length += 1 + Buffer.byteLength(name);
    return length > LONGEST_PATH;
  });
  return tooLong === -1 ? names.length : Math.max(1, tooLong);
}
