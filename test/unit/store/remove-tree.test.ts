import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeTree } from '../../../src/store/index.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'remove-tree-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('removeTree', () => {
  it('removes links, not what they point to', async () => {
    mkdirSync(join(directory, 'tree'));
    writeFileSync(join(directory, 'kept'), 'kept');
    symlinkSync('..', join(directory, 'tree/up'));
    symlinkSync(join(directory, 'kept'), join(directory, 'tree/link'));
    await removeTree(join(directory, 'tree'));
    expect(existsSync(join(directory, 'tree'))).toBe(false);
    expect(readFileSync(join(directory, 'kept'), 'utf8')).toBe('kept');
  });

  it('is content when nothing is there', async () => {
    await removeTree(join(directory, 'none'));
  });

  it('refuses the root and relative paths', async () => {
    for (const path of ['/', '//', '/tmp/..', 'relative', '']) {
      await expect(removeTree(path)).rejects.toThrow(TypeError);
    }
  });
});
