import { existsSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTempDir, withTempDir } from '../../../src/store/index.ts';

describe('withTempDir', () => {
  it('gives a private directory and removes it afterwards', async () => {
    const path = await withTempDir(
      async (directory) => {
        expect(statSync(directory).mode & 0o777).toBe(0o700);
        expect(basename(directory)).toMatch(/^lane-/);
        expect(dirname(directory)).toBe(tmpdir());
        writeFileSync(join(directory, 'file'), '');
        return directory;
      },
      { prefix: 'lane' },
    );
    expect(existsSync(path)).toBe(false);
  });

  it('removes it when the user throws', async () => {
    let path = '';
    const failing = withTempDir(async (directory) => {
      path = directory;
      throw new Error('broken');
    });
    await expect(failing).rejects.toThrow('broken');
    expect(existsSync(path)).toBe(false);
  });
});

describe('createTempDir', () => {
  it('can be made anywhere and removed twice', async () => {
    const parent = await createTempDir();
    const inner = await createTempDir({ parent: parent.path });
    expect(dirname(inner.path)).toBe(parent.path);
    await parent.remove();
    await parent.remove();
    await inner.remove();
    expect(existsSync(inner.path)).toBe(false);
  });
});
