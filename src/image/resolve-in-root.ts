import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';

/** What a path inside a root file system really is. */
export interface ResolvedPath {
  /** Absolute inside the root, without links. */
  readonly path: string;
  /** Absolute on the host. */
  readonly hostPath: string;
  readonly stats: Stats;
}

/** Where Linux gives up too (ELOOP). */
const MAX_LINKS = 40;

/**
 * Follows a path as a process whose root is `root` would: absolute links and `..` stay inside.
 * @returns `undefined` when something on the way is missing, unreadable, no directory or a circle
 */
export function resolveInRoot(root: string, path: string): ResolvedPath | undefined {
  const pending = split(path).toReversed();
  const resolved: string[] = [];
  let stats = lstat(root);
  let followed = 0;
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (stats?.isDirectory() !== true) return undefined;
    if (name === '..') {
      resolved.pop();
      stats = lstat(join(root, ...resolved));
      continue;
    }
    const host = join(root, ...resolved, name);
    stats = lstat(host);
    if (stats === undefined) return undefined;
    if (!stats.isSymbolicLink()) {
      resolved.push(name);
      continue;
    }
    followed += 1;
    if (followed > MAX_LINKS) return undefined;
    const target = readlink(host);
    if (target === undefined) return undefined;
    if (target.startsWith('/')) resolved.length = 0;
    pending.push(...split(target).toReversed());
    stats = lstat(join(root, ...resolved));
  }
  if (stats === undefined) return undefined;
  return { path: `/${resolved.join('/')}`, hostPath: join(root, ...resolved), stats };
}

function split(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

function lstat(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

function readlink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
