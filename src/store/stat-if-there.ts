import { statSync, type Stats } from 'node:fs';

/** What is at a path; `undefined` where nothing is, or where it cannot be told (no right, a loop of links, too long). */
export function statIfThere(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** Whether a regular file is there. */
export function isFile(path: string): boolean {
  return statIfThere(path)?.isFile() === true;
}

/** Whether a directory is there. */
export function isDirectory(path: string): boolean {
  return statIfThere(path)?.isDirectory() === true;
}
