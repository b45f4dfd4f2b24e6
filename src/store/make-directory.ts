import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf } from '../core/index.ts';
import { isDirectory } from './stat-if-there.ts';

/** mkdir(2), content with a directory that is there already; `false` when its parent is missing. */
function makeOne(path: string, mode?: number): boolean {
  try {
    mkdirSync(path, mode);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST' && isDirectory(path)) return true;
    if (errnoOf(error) === 'ENOENT' && dirname(path) !== path) return false;
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
