import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeDirectory } from '../../../src/store/make-directory.ts';
import { withTempDir } from '../../../src/store/temp-dir.ts';

describe('makeDirectory', () => {
  it('makes parents, and is content with what is there', async () => {
    await withTempDir(async (root) => {
      const path = join(root, 'a/b/c');
      makeDirectory(path);
      makeDirectory(path);
      makeDirectory(join(root, 'a/b/d'));
      expect((await stat(path)).isDirectory()).toBe(true);
    });
  });

  it('fails where mkdir(2) always answers ENOENT, instead of trying for ever', () => {
    expect(() => {
      makeDirectory('/proc/nowhere/deeper');
    }).toThrow(expect.objectContaining({ code: 'ENOENT' }) as Error);
  });

  it('fails on a file in the way', () => {
    expect(() => {
      makeDirectory(join(import.meta.filename, 'x'));
    }).toThrow(expect.objectContaining({ code: 'ENOTDIR' }) as Error);
  });
});
