import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { editFile } from '../../../src/store/index.ts';

let directory = '';
let file = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'edit-file-'));
  file = join(directory, 'file');
  writeFileSync(file, 'one\nüber\n');
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('editFile', () => {
  it.each([
    ['longer', 'one\nüber\ntwo\n'],
    ['shorter', 'ü'],
    ['empty', ''],
  ])('writes a content that is %s', async (_name, content) => {
    await editFile(file, (text) => {
      expect(text).toBe('one\nüber\n');
      return content;
    });
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  it('keeps the file itself, its permissions and links to it', async () => {
    const link = join(directory, 'link');
    symlinkSync('file', link);
    chmodSync(file, 0o640);
    const { ino } = statSync(file);
    await editFile(link, (text) => text.toUpperCase());
    expect(readFileSync(file, 'utf8')).toBe('ONE\nÜBER\n');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(statSync(file)).toMatchObject({ ino, mode: 0o100640 });
  });

  it('touches nothing when there is no new content, and says what a system call said', async () => {
    const refused = editFile(file, () => {
      throw new TypeError('no');
    });
    await expect(refused).rejects.toThrow('no');
    expect(readFileSync(file, 'utf8')).toBe('one\nüber\n');
    await expect(editFile(join(directory, 'none'), String)).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });
});
