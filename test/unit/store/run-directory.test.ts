import { lstatSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRunDirectory, listRuns, resolveRun } from '../../../src/store/index.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'run-directory-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const at = (time: string, random = '00aa') =>
  createRunDirectory(cwd, { now: () => new Date(time), random: () => random });

describe('createRunDirectory', () => {
  it('makes a directory whose name sorts by time and points last to it', async () => {
    const run = await at('2026-11-24T03:30:15.123Z');
    expect(run).toEqual({
      id: '20261124-033015-123-00aa',
      path: join(cwd, '.archparity/runs/20261124-033015-123-00aa'),
    });
    expect(lstatSync(run.path).isDirectory()).toBe(true);
    const newer = await at('2026-11-24T03:30:16.000Z');
    expect(readlinkSync(join(cwd, '.archparity/runs/last'))).toBe(newer.id);
    expect(await listRuns(cwd)).toEqual([newer.id, run.id]);
  });

  it('keeps the records out of version control', async () => {
    await at('2026-11-24T03:30:15Z');
    expect(readFileSync(join(cwd, '.archparity/.gitignore'), 'utf8')).toBe('*\n');
  });

  it('gives each of many runs at once a directory of its own', async () => {
    const now = () => new Date('2026-11-24T03:30:15Z');
    const runs = await Promise.all(
      Array.from({ length: 20 }, () => createRunDirectory(cwd, { now })),
    );
    expect(new Set(runs.map((run) => run.path)).size).toBe(20);
    expect(runs.map((run) => run.id)).toContain((await resolveRun(cwd, 'last')).id);
  });

  it('says so when the place cannot be written', async () => {
    writeFileSync(join(cwd, '.archparity'), '');
    await expect(at('2026-11-24T03:30:15Z')).rejects.toMatchObject({
      code: 'RUN_DIRECTORY_UNWRITABLE',
      exitCode: 3,
    });
  });
});

describe('resolveRun', () => {
  it('takes an id, the start of one, and last', async () => {
    const first = await at('2026-11-24T03:30:15Z');
    const second = await at('2026-11-25T03:30:15Z');
    expect(await resolveRun(cwd, first.id)).toEqual(first);
    expect(await resolveRun(cwd, '20261124')).toEqual(first);
    expect(await resolveRun(cwd, 'last')).toEqual(second);
    await expect(resolveRun(cwd, '2026')).rejects.toMatchObject({
      code: 'RUN_AMBIGUOUS',
      exitCode: 2,
    });
  });

  it('takes the newest run when last points to nothing', async () => {
    const first = await at('2026-11-24T03:30:15Z');
    const second = await at('2026-11-25T03:30:15Z');
    rmSync(second.path, { recursive: true });
    expect(await resolveRun(cwd, 'last')).toEqual(first);
  });

  it('names the newest runs when there is none of that id', async () => {
    await expect(resolveRun(cwd, 'last')).rejects.toMatchObject({
      code: 'RUN_NOT_FOUND',
      exitCode: 2,
      advice: 'Run archparity test here first.',
    });
    const { id } = await at('2026-11-24T03:30:15Z');
    for (const wanted of ['../..', '', '2025']) {
      await expect(resolveRun(cwd, wanted)).rejects.toMatchObject({
        code: 'RUN_NOT_FOUND',
        advice: `The newest are ${id}.`,
      });
    }
  });
});
