import { mkdir, writeFile } from 'node:fs/promises';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openMemo } from '../../../src/store/memo.ts';
import { withTempDir } from '../../../src/store/temp-dir.ts';

describe('openMemo', () => {
  it('recalls what was remembered under the same key only', async () => {
    await withTempDir(async (cacheDir) => {
      const memo = openMemo<{ n: number }>({ cacheDir, kind: 'k', key: ['a', 1] });
      expect(memo.recall()).toBeUndefined();
      await memo.remember({ n: 7 });
      expect(openMemo({ cacheDir, kind: 'k', key: ['a', 1] }).recall()).toEqual({ n: 7 });
      expect(openMemo({ cacheDir, kind: 'k', key: ['a', 2] }).recall()).toBeUndefined();
      expect(openMemo({ cacheDir, kind: 'other', key: ['a', 1] }).recall()).toBeUndefined();
    });
  });

  it('takes a damaged file for none', async () => {
    await withTempDir(async (cacheDir) => {
      const memo = openMemo<number>({ cacheDir, kind: 'k', key: 'a' });
      await memo.remember(1);
      const [name = ''] = await readdir(join(cacheDir, 'k'));
      await writeFile(join(cacheDir, 'k', name), '{"cut');
      expect(memo.recall()).toBeUndefined();
    });
  });

  it('does without a cache that cannot be written', async () => {
    await withTempDir(async (cacheDir) => {
      await mkdir(join(cacheDir, 'file'));
      await writeFile(join(cacheDir, 'k'), 'a file in the way');
      const memo = openMemo<number>({ cacheDir, kind: 'k', key: 'a' });
      await memo.remember(1);
      expect(memo.recall()).toBeUndefined();
    });
  });
});
