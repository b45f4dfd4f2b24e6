import { lstatSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What shows, at the cost of one lstat(2) a path, that somebody changed a path: its size and mtime. */
export type ContentMarks = Readonly<Record<string, string>>;

/** Looked at on each use: enough for all files of small entries, and for the upper directories of trees. */
const MOST_MARKS = 64;
const DEEPEST = 3;

/** Marks the paths below a directory, the upper ones first. */
export async function markContent(directory: string): Promise<ContentMarks> {
  const marks: Record<string, string> = {};
  let level = [''];
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    const below: string[] = [];
    for (const parent of level) {
      // What only its owner may list, in a user namespace of his, is marked itself.
      const entries = await readdir(join(directory, parent), { withFileTypes: true }).catch(
        () => [],
      );
      for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
        if (Object.keys(marks).length >= MOST_MARKS) return marks;
        const path = join(parent, entry.name);
        const mark = markOf(join(directory, path));
        if (mark === undefined) continue;
        marks[path] = mark;
        if (entry.isDirectory()) below.push(path);
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
