import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheRoot, ensureCacheRoot } from '../../../src/store/index.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cache-root-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('cacheRoot', () => {
  it.each([
    [{ ARCHPARITY_CACHE: '/a', XDG_CACHE_HOME: '/b', HOME: '/c' }, '/a'],
    [{ XDG_CACHE_HOME: '/b', HOME: '/c' }, '/b/archparity'],
    [{ ARCHPARITY_CACHE: '', XDG_CACHE_HOME: '', HOME: '/c' }, '/c/.cache/archparity'],
  ])('%o', (env, expected) => {
    expect(cacheRoot(env)).toBe(expected);
  });

  it('refuses a relative path and names the variable', () => {
    expect(() => cacheRoot({ XDG_CACHE_HOME: 'cache', HOME: '/c' })).toThrow(
      expect.objectContaining({
        code: 'CACHE_PATH_RELATIVE',
        exitCode: 3,
        message: '$XDG_CACHE_HOME is "cache", which is not an absolute path.',
      }),
    );
  });

  it('says so when no variable is set', () => {
    expect(() => cacheRoot({})).toThrow(expect.objectContaining({ code: 'CACHE_PATH_UNKNOWN' }));
  });
});

describe('ensureCacheRoot', () => {
  it('makes the directory', () => {
    const root = ensureCacheRoot({ ARCHPARITY_CACHE: join(directory, 'a/b') });
    expect(statSync(root).isDirectory()).toBe(true);
  });

  it('says which directory cannot be written', () => {
    writeFileSync(join(directory, 'file'), '');
    const env = { ARCHPARITY_CACHE: join(directory, 'file/cache') };
    const failure = {
      code: 'CACHE_UNWRITABLE',
      exitCode: 3,
      message: `The cache directory ${env.ARCHPARITY_CACHE} cannot be written.`,
    };
    expect(() => ensureCacheRoot(env)).toThrow(expect.objectContaining(failure) as Error);
  });
});
