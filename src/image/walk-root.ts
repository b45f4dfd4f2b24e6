import { lstatSync, readdirSync, readlinkSync, type Dirent, type Stats } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

/** One path of a root file system; links are not followed. */
export interface RootEntry {
  /** Absolute inside the root. */
  readonly path: string;
  /** Absolute on the host. */
  readonly hostPath: string;
  readonly stats: Stats;
}

/** The kernel's own file systems and what a running host puts there: no part of an image. */
const VIRTUAL = new Set(['/proc', '/sys', '/dev']);
/** Reading is synchronous, which is several times faster; others get their turn in between. */
const ENTRIES_PER_TURN = 500;

export interface WalkOptions {
  /** Told of directories that cannot be read. */
  readonly onUnreadable?: (path: string) => void;
}

/**
 * All paths below a root in the order of their names, each directory before what is in it. Memory
 * depends on the depth and on the biggest directory, not on the number of files.
 */
export async function* walkRoot(
  root: string,
  { onUnreadable }: WalkOptions = {},
): AsyncGenerator<RootEntry, void, void> {
  const base = root.replace(/\/+$/, '');
  // The stack has directories still to be listed; entries of a listed one are yielded at once.
  const stack = [''];
  let sinceTurn = 0;
  for (let directory = stack.pop(); directory !== undefined; directory = stack.pop()) {
    const children = listDirectory(`${base}${directory}/`);
    if (children === undefined) {
      onUnreadable?.(directory === '' ? '/' : directory);
      continue;
    }
    const subdirectories: string[] = [];
    for (const child of children) {
      const path = `${directory}/${child.name}`;
      const hostPath = `${base}${path}`;
      const stats = lstat(hostPath);
      if (stats === undefined) continue;
      yield { path, hostPath, stats };
      if (stats.isDirectory() && !VIRTUAL.has(path)) subdirectories.push(path);
      sinceTurn += 1;
      if (sinceTurn < ENTRIES_PER_TURN) continue;
      sinceTurn = 0;
      await setImmediate();
    }
    stack.push(...subdirectories.toReversed());
  }
}

/** The target of a link as written, empty when it cannot be read. */
export function readLinkTarget(hostPath: string): string {
  try {
    return readlinkSync(hostPath);
  } catch {
    return '';
  }
}

function listDirectory(path: string): Dirent[] | undefined {
  try {
    return readdirSync(path, { withFileTypes: true }).toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    );
  } catch {
    return undefined;
  }
}

function lstat(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}
