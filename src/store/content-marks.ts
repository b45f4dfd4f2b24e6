import { lstatSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What shows, at the cost of one lstat(2) a path, that somebody changed a path: its size and mtime. */
export type ContentMarks = Readonly<Record<string, string>>;

/** Looked at on each use: enough for all files of small entries, and for the upper ones of trees. */
const MOST_FILES = 64;
const DEEPEST_FILES = 3;
/**
 * Of any depth: what is removed from a directory, or put into it, changes the directory's time. So many cost
 * about 2 ms on each use.
 */
const MOST_DIRECTORIES = 512;

/** Marks the paths below a directory, the upper ones first. */
export async function markContent(directory: string): Promise<ContentMarks> {
  const marks: Record<string, string> = {};
  let files = 0;
  let directories = 0;
  let level = [''];
  for (let depth = 0; level.length > 0; depth += 1) {
    const below: string[] = [];
    for (const parent of level) {
      // What only its owner may list, in a user namespace of his, is marked itself.
      const entries = await readdir(join(directory, parent), { withFileTypes: true }).catch(
        () => [],
      );
      for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
        const isDirectory = entry.isDirectory();
        const isWanted = isDirectory
          ? directories < MOST_DIRECTORIES
          : files < MOST_FILES && depth < DEEPEST_FILES;
        const path = join(parent, entry.name);
        const mark = isWanted ? markOf(join(directory, path)) : undefined;
        if (mark === undefined) continue;
        marks[path] = mark;
        if (isDirectory) {
          directories += 1;
          below.push(path);
        } else files += 1;
      }
    }
    level = below;
  }
  return marks;
}

/** Whether all that was marked is as it was. */
export function hasContent(directory: string, marks: ContentMarks): boolean {
  return Object.entries(marks).every(([path, mark]) => markOf(join(directory, path)) === mark);
}

/** `undefined` where nothing is, or nothing that we may look at. */
export function markOf(path: string): string | undefined {
  try {
    const { size, mtimeNs } = lstatSync(path, { bigint: true });
    return `${size}:${mtimeNs}`;
  } catch {
    return undefined;
  }
}
