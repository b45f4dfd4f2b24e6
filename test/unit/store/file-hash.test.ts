import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProcess } from '../../../src/process/index.ts';
import { fileIdentity, hashFile, sha256File } from '../../../src/store/index.ts';

const FIXTURE = join(import.meta.dirname, '../../fixtures/store/hash-files.ts');
const sha256 = (data: string): string => createHash('sha256').update(data).digest('hex');

let cacheDir: string;
beforeEach(() => {
  cacheDir = mkdtempSync(join(tmpdir(), 'file-hash-'));
});
afterEach(() => rmSync(cacheDir, { recursive: true }));

const indexPath = (): string => join(cacheDir, 'file-hashes.ndjson');
const later = (): number => Date.now() + 10_000;

describe('hashFile', { timeout: 30_000 }, () => {
  it('remembers a file that did not change', async () => {
    const path = join(cacheDir, 'file');
    writeFileSync(path, 'one');
    expect(await hashFile(path, { cacheDir, now: later })).toBe(sha256('one'));
    // A planted hash shows that the second answer comes from the index.
    const planted = 'a'.repeat(64);
    writeFileSync(indexPath(), readFileSync(indexPath(), 'utf8').replace(sha256('one'), planted));
    expect(await hashFile(path, { cacheDir })).toBe(planted);
  });

  it('notices a change of content that keeps size and mtime', async () => {
    const path = join(cacheDir, 'file');
    writeFileSync(path, 'one');
    utimesSync(path, 1000, 1000);
    await hashFile(path, { cacheDir, now: later });
    const before = fileIdentity(path);
    await sleep(20);
    writeFileSync(path, 'two');
    utimesSync(path, 1000, 1000);
    expect(fileIdentity(path)).not.toBe(before);
    expect(await hashFile(path, { cacheDir })).toBe(sha256('two'));
  });

  it('does not remember a file so young that it could change unseen', async () => {
    const path = join(cacheDir, 'file');
    writeFileSync(path, 'one');
    await hashFile(path, { cacheDir, now: () => Date.now() });
    expect(() => readFileSync(indexPath())).toThrow('ENOENT');
  });

  it('survives a damaged index and a half-written line', async () => {
    const path = join(cacheDir, 'file');
    writeFileSync(path, 'one');
    writeFileSync(indexPath(), `garbage\n{"identity":"${fileIdentity(path)}","sha`);
    expect(await hashFile(path, { cacheDir, now: later })).toBe(sha256('one'));
    const lines = readFileSync(indexPath(), 'utf8').trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ sha256: sha256('one') });
  });

  it('keeps the index small', async () => {
    const path = join(cacheDir, 'file');
    writeFileSync(path, 'one');
    writeFileSync(indexPath(), `${'x'.repeat(99)}\n`.repeat(2000));
    await hashFile(path, { cacheDir, now: later });
    const index = readFileSync(indexPath(), 'utf8');
    expect(index.length).toBeLessThan(50_000);
    expect(index).toContain(sha256('one'));
  });

  it('keeps every line of writers that race', async () => {
    const files = Array.from({ length: 20 }, (_, index) => join(cacheDir, `file-${index}`));
    for (const file of files) writeFileSync(file, file);
    await sleep(150);
    const children = await Promise.all(
      [0, 1].map((half) =>
        startProcess(process.execPath, [
          FIXTURE,
          cacheDir,
          ...files.filter((_, index) => index % 2 === half),
        ]),
      ),
    );
    await Promise.all(children.map((child) => text(child.stdout)));
    const lines = readFileSync(indexPath(), 'utf8').trimEnd().split('\n');
    const hashes = lines.map((line) => (JSON.parse(line) as { sha256: string }).sha256);
    expect(hashes.toSorted()).toEqual(files.map(sha256).toSorted());
  });

  it('throws the error of a file that is not there', async () => {
    await expect(hashFile(join(cacheDir, 'none'), { cacheDir })).rejects.toThrow('ENOENT');
  });
});

describe('sha256File', () => {
  it('hashes the whole of a big file', async () => {
    const path = join(cacheDir, 'big');
    const data = 'abcdefgh'.repeat(500_000);
    writeFileSync(path, data);
    expect(await sha256File(path)).toBe(sha256(data));
  });
});
