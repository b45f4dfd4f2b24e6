import { statSync, type Stats } from 'node:fs';

/** What is at a path; `undefined` where nothing is, or where it cannot be told (no right, a loop of links, too long). */
export function statIfThere(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
