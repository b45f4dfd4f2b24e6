import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** mkdir(2), content with a directory that is there already; `false` when its parent is missing. */
function makeOne(path: string, mode?: number): boolean {
  try {
    mkdirSync(path, mode);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && isDirectory(path)) return true;
    if (codeOf(error) === 'ENOENT' && dirname(path) !== path) return false;
    throw error;
  }
}

/**
 * Makes a directory and its parents. Node's own `recursive` never returns below a directory that
 * answers ENOENT to every mkdir(2), as /proc does. Synchronous, as `findTool` is.
 * @param mode - of the directory itself, when it is made
 * @throws the error of mkdir(2)
 */
export function makeDirectory(path: string, mode?: number): void {
  if (makeOne(path, mode)) return;
  const parent = dirname(path);
  if (!isDirectory(parent)) makeDirectory(parent);
  if (!makeOne(path, mode)) {
    throw Object.assign(new Error(`ENOENT: no such file or directory, mkdir '${path}'`), {
      code: 'ENOENT',
    });
  }
}
