import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireLock, tryLock } from '../../../src/store/index.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'file-lock-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('acquireLock', { timeout: 30_000 }, () => {
  it('lets one holder in at a time, also within one process', async () => {
    const path = join(directory, 'locks/a.lock');
    let inside = 0;
    let most = 0;
    const enter = async (): Promise<void> => {
      const lock = await acquireLock(path);
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 30));
      inside -= 1;
      await lock.release();
    };
    await Promise.all([enter(), enter(), enter(), enter()]);
    expect(most).toBe(1);
  });

  it('fails with a code when the file cannot be locked', async () => {
    await expect(acquireLock('/proc/self/none')).rejects.toMatchObject({ code: 'LOCK_FAILED' });
  });
});

describe('tryLock', () => {
  it('does not wait', async () => {
    const path = join(directory, 'a.lock');
    const lock = await acquireLock(path);
    expect(await tryLock(path)).toBeUndefined();
    await lock.release();
    await lock.release();
    const second = await tryLock(path);
    expect(second).toBeDefined();
    await second?.release();
  });
});
