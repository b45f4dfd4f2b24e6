import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { withTrialDirectory } from '../../../../src/app/binfmt/trial-directory.ts';
import { ArchParityError } from '../../../../src/core/index.ts';

describe('programs are tried in', () => {
  beforeEach(() => {
    for (const name of ['ARCHPARITY_CACHE', 'XDG_CACHE_HOME', 'HOME']) vi.stubEnv(name, undefined);
    return () => vi.unstubAllEnvs();
  });

  /** The directories that were tried, when `code` is what goes wrong in the cache. */
  async function triedIn(code?: string): Promise<readonly string[]> {
    const tried: string[] = [];
    await withTrialDirectory((directory) => {
      tried.push(directory);
      if (code === undefined || tried.length > 1) return Promise.resolve();
      return Promise.reject(new ArchParityError({ code, message: 'It broke.' }));
    });
    return tried;
  }

  const withCache = (): string => {
    const cache = mkdtempSync(join(tmpdir(), 'parity-trial-test-'));
    onTestFinished(() => rmSync(cache, { recursive: true }));
    vi.stubEnv('ARCHPARITY_CACHE', cache);
    return cache;
  };

  it('the cache', async () => {
    const cache = withCache();
    expect(await triedIn()).toEqual([cache]);
  });

  it('a temporary directory without a home', async () => {
    expect(await triedIn()).toEqual([expect.stringContaining(tmpdir())]);
  });

  it('a temporary directory when the cache is full', async () => {
    const cache = withCache();
    const tried = await triedIn('CACHE_WRITE_FAILED');
    expect(tried).toEqual([cache, expect.stringContaining(tmpdir())]);
    expect(tried[1]).not.toBe(cache);
    await expect(triedIn('WITNESS_FAILED')).rejects.toMatchObject({ code: 'WITNESS_FAILED' });
  });
});
