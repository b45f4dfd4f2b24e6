import { accessSync, constants } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { ArchParityError } from '../core/index.ts';
import { makeDirectory } from './make-directory.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The directory of all that can be made again: `$ARCHPARITY_CACHE`, `$XDG_CACHE_HOME/archparity`, or
 * `~/.cache/archparity`. Source: XDG Base Directory Specification, which calls a relative
 * `$XDG_CACHE_HOME` invalid.
 *
 * @throws ArchParityError `CACHE_PATH_RELATIVE` or `CACHE_PATH_UNKNOWN` (exit 3)
 */
export function cacheRoot(env: Environment = process.env): string {
  const candidates = [
    { variable: 'ARCHPARITY_CACHE', below: '' },
    { variable: 'XDG_CACHE_HOME', below: 'archparity' },
    { variable: 'HOME', below: '.cache/archparity' },
  ];
  for (const { variable, below } of candidates) {
    const value = env[variable];
    if (value === undefined || value === '') continue;
    if (isAbsolute(value)) return join(value, below);
    throw new ArchParityError({
      code: 'CACHE_PATH_RELATIVE',
      message: `$${variable} is "${value}", which is not an absolute path.`,
      advice: `Set ${variable} to an absolute path, or unset it.`,
    });
  }
  throw new ArchParityError({
    code: 'CACHE_PATH_UNKNOWN',
    message: 'There is no place for the cache: HOME is not set.',
    advice: 'Set ARCHPARITY_CACHE to an absolute path.',
  });
}

/**
 * {@link cacheRoot}, made if need be.
 * @throws ArchParityError `CACHE_UNWRITABLE` (exit 3)
 */
export function ensureCacheRoot(env: Environment = process.env): string {
  const root = cacheRoot(env);
  try {
    makeDirectory(root);
    accessSync(root, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new ArchParityError({
      code: 'CACHE_UNWRITABLE',
      message: `The cache directory ${root} cannot be written.`,
      advice: 'Make it writable, or set ARCHPARITY_CACHE to another absolute path.',
      cause,
    });
  }
  return root;
}
