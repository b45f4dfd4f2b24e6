import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
}

/** mkdir(2), content with a directory that is there already; `false` when its parent is missing. */
async function makeOne(path: string, mode?: number): Promise<boolean> {
  try {
    await mkdir(path, mode);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await isDirectory(path))) return true;
    if (codeOf(error) === 'ENOENT' && dirname(path) !== path) return false;
    throw error;
  }
}

/**
 * Makes a directory and its parents. Node's own `recursive` never returns below a directory that
 * answers ENOENT to every mkdir(2), as /proc does.
 * @param mode - of the directory itself, when it is made
 * @throws the error of mkdir(2)
 */
export async function makeDirectory(path: string, mode?: number): Promise<void> {
  if (await makeOne(path, mode)) return;
  const parent = dirname(path);
  if (!(await isDirectory(parent))) await makeDirectory(parent);
  if (!(await makeOne(path, mode))) {
    throw Object.assign(new Error(`ENOENT: no such file or directory, mkdir '${path}'`), {
      code: 'ENOENT',
    });
  }
}
