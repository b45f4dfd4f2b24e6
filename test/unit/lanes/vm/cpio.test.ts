import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeEntry, listEntries, writeInitramfs } from '../../../../src/lanes/vm/cpio.ts';
import { withTempDir } from '../../../../src/store/index.ts';

describe('an initramfs', () => {
  it('has entries as the kernel reads them', () => {
    const entry = encodeEntry({ path: 'a', mode: 0o100644, content: Buffer.from('xyz') }, 7);
    const text = entry.toString('latin1');
    expect(text.slice(0, 22)).toBe('07070100000007000081a4');
    expect(entry.length % 4).toBe(0);
    expect(text.slice(110, 112)).toBe('a\0');
    expect(text.slice(112, 116)).toBe('xyz\0');
  });

  it('holds a tree, after what somebody else has', async () => {
    await withTempDir(async (directory) => {
      const root = join(directory, 'root');
      mkdirSync(join(root, 'b/c'), { recursive: true });
      writeFileSync(join(root, 'b/file'), 'content', { mode: 0o755 });
      symlinkSync('b/file', join(root, 'a'));
      const entries = await listEntries(root);
      expect(entries.map(({ path }) => path)).toEqual(['a', 'b', 'b/c', 'b/file']);
      const file = join(directory, 'initrd');
      await writeInitramfs(file, entries, Buffer.from('before'));
      const bytes = await readFile(file);
      expect(bytes.toString('latin1', 0, 14)).toBe('before\x00\x00070701');
      const listed = execFileSync('busybox', ['cpio', '-t'], { input: bytes.subarray(8) });
      expect(listed.toString()).toBe('a\nb\nb/c\nb/file\n');
    });
  });
});
