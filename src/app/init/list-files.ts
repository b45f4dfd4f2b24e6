import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A file of a repository. */
export interface ListedFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly name: string;
}

/** What others brought, and what tools keep there. */
const LEFT_OUT = new Set([
  '.git',
  '.hg',
  '.svn',
  '.archparity',
  '.cache',
  '.venv',
  '__pycache__',
  'node_modules',
  'site-packages',
  'third_party',
  'vendor',
  'venv',
]);
const DEEPEST = 6;
/** A repository with more than these is looked at as far as these. */
const MOST = 50_000;

/** The files of a repository, in order of their depth; links are not followed. */
export async function listFiles(root: string): Promise<readonly ListedFile[]> {
  const files: ListedFile[] = [];
  let directories = [''];
  for (let depth = 0; depth <= DEEPEST && directories.length > 0; depth += 1) {
    const below: string[] = [];
    for (const directory of directories) {
      if (files.length > MOST) return files;
      for (const entry of await readEntries(join(root, directory))) {
        const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
        if (entry.isFile()) files.push({ path, name: entry.name });
        else if (entry.isDirectory() && !LEFT_OUT.has(entry.name)) below.push(path);
      }
    }
    directories = below;
  }
  return files;
}

/** A directory that may not be read has nothing for us. */
async function readEntries(path: string) {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
