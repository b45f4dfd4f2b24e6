import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeDirectory } from '../../../src/store/make-directory.ts';
import { withTempDir } from '../../../src/store/temp-dir.ts';

describe('makeDirectory', () => {
  it('makes parents, and is content with what is there', async () => {
    await withTempDir(async (root) => {
      const path = join(root, 'a/b/c');
      await Promise.all([
        makeDirectory(path),
        makeDirectory(path),
        makeDirectory(join(root, 'a/b/d')),
      ]);
      await makeDirectory(path);
      expect((await stat(path)).isDirectory()).toBe(true);
    });
  });

  it('fails where mkdir(2) always answers ENOENT, instead of trying for ever', async () => {
    await expect(makeDirectory('/proc/nowhere/deeper')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('fails on a file in the way', async () => {
    await expect(makeDirectory(join(import.meta.filename, 'x'))).rejects.toMatchObject({
      code: 'ENOTDIR',
    });
  });
});
