import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRecord, findRecordFile } from '../../../src/app/find-record.ts';

const ID = '20261124-033015-123-9f3a';
const directory = mkdtempSync(join(tmpdir(), 'find-record-'));
const recorded = join(directory, '.archparity/runs', ID);
beforeAll(() => {
  mkdirSync(recorded, { recursive: true });
  symlinkSync(ID, join(directory, '.archparity/runs/last'));
  writeFileSync(join(directory, 'saved'), '');
  writeFileSync(join(directory, ID), '');
  mkdirSync(join(directory, 'folder'));
  symlinkSync('loop', join(directory, 'loop'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe('findRecord', () => {
  it('takes paths and names of records as they are', async () => {
    expect(await findRecord('./gone', directory)).toBe('./gone');
    expect(await findRecord('gone.ndjson', directory)).toBe('gone.ndjson');
  });

  it('does not keep a path through the link to the newest run, which the next run moves', async () => {
    expect(await findRecord('.archparity/runs/last/record.ndjson', directory)).toBe(
      `.archparity/runs/${ID}/record.ndjson`,
    );
    expect(await findRecord('elsewhere/last/record.ndjson', directory)).toBe(
      'elsewhere/last/record.ndjson',
    );
  });

  it('finds runs, before files that are called so', async () => {
    for (const word of [ID, ID.slice(0, 8), 'last'])
      expect(await findRecord(word, directory)).toBe(join(recorded, 'record.ndjson'));
  });

  it('takes a file for one that no run is called by', async () => {
    expect(await findRecord('saved', directory)).toBe(join(directory, 'saved'));
    await expect(findRecord('folder', directory)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    for (const word of ['gone', 'loop', 'x'.repeat(300)])
      await expect(findRecord(word, directory)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  });

  it('leaves to reading what is wrong with a path', async () => {
    for (const path of [join(directory, 'loop'), join(directory, 'x'.repeat(300))])
      expect(await findRecordFile(path, directory)).toBe(path);
  });
});
