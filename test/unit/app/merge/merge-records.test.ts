import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mergeRecords, type MergeRequest } from '../../../../src/app/merge.ts';
import { showReport } from '../../../../src/app/show-report.ts';
import type { LaneInfo } from '../../../../src/core/index.ts';
import { AMD64, ARM64 } from '../../record/merge/surveys.ts';
import { useTempDirectory, writeEvents } from '../../record/record-files.ts';
import {
  define,
  endRun,
  judge,
  observe,
  onLane,
  startRun,
  tellCase,
} from '../../report/make-result.ts';

const path = useTempDirectory();
const TERMINAL = { color: false, width: 80, tty: false, quiet: false, verbose: false };

/** The record of a run of one case on one lane. */
async function record(name: string, lane: LaneInfo): Promise<string> {
  const definition = define('app', 'one');
  const seen = onLane('match', observe('one'));
  const start = startRun({ plan: { fingerprint: 'p', caseCount: 1 } });
  await writeEvents(path(name), [
    start,
    { type: 'lane-opened', at: start.at, lane },
    ...tellCase(judge(definition, 'match', { lanes: { [lane.id]: seen } }), 10),
    endRun({ match: 1, total: 1 }),
  ]);
  return path(name);
}

interface Merged {
  readonly code: number;
  readonly stdout: string;
  readonly said: readonly string[];
}

/** Merges records into `all.ndjson`. */
async function merge(
  records: readonly string[],
  more: Partial<MergeRequest> = {},
): Promise<Merged> {
  let stdout = '';
  const said: string[] = [];
  const code = await mergeRecords({
    cwd: path('.'),
    records,
    output: path('all.ndjson'),
    reporters: [],
    requiredLanes: [],
    strict: false,
    terminal: { ...TERMINAL, write: (text) => void (stdout += text) },
    say: (text) => void said.push(text),
    ...more,
  });
  return { code, stdout, said };
}

const amd64 = await record('amd64.ndjson', AMD64);
const arm64 = await record('arm64.ndjson', ARM64);

describe('the reports of a merge', () => {
  it('are text, or those that were asked for', async () => {
    const both = [amd64, arm64];
    expect(await merge(both)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('OK  1 case') as string,
    });
    const file = path('all.json');
    expect(await merge(both, { reporters: [`json=${file}`] })).toMatchObject({ stdout: '' });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ summary: { match: 1 } });
    await expect(merge(both, { reporters: ['json', 'tap'] })).rejects.toMatchObject({
      code: 'REPORTERS_ON_STDOUT',
    });
  });

  it('need a place for the merged record, of which the error says no option of another command', async () => {
    const merged = merge([amd64], { output: path('none/all.ndjson') });
    await expect(merged).rejects.toMatchObject({
      code: 'RECORD_WRITE_FAILED',
      advice: 'Create the directory first, or choose another place for the record.',
    });
  });

  it('do not replace a record that is read, and neither do those of one record', async () => {
    const before = readFileSync(arm64, 'utf8');
    const overwrites = { code: 'REPORTER_OVERWRITES', exitCode: 2 };
    const reporters = [`tap=${arm64}`];
    await expect(merge([amd64, arm64], { reporters })).rejects.toMatchObject(overwrites);
    const terminal = { ...TERMINAL, write: () => undefined };
    const shown = showReport({ cwd: path('.'), record: arm64, reporters, terminal });
    await expect(shown).rejects.toMatchObject(overwrites);
    expect(readFileSync(arm64, 'utf8')).toBe(before);
  });
});

describe('lanes that must be there', () => {
  it.each([
    ['as the merged run calls them', 'native@amd64', 'native@arm64'],
    ['as the runs were told', 'native', 'native'],
  ])('are %s', async (_what, ...requiredLanes) => {
    expect(await merge([amd64, arm64], { requiredLanes })).toMatchObject({ code: 0, said: [] });
  });

  it('are named when no record has them, and the rest is shown', async () => {
    const requiredLanes = ['native@amd64', 'native@arm64', 'board=ssh:board'];
    const said = ['native@arm64', 'board'].map((lane) => `archparity: the lane ${lane} is missing`);
    const merged = await merge([amd64], { requiredLanes });
    expect(merged).toMatchObject({ code: 3, said });
    expect(merged.stdout).toContain('warning: the lane native@arm64 is missing');
    expect(merged.stdout).toContain('app/one');
    expect(await merge([arm64], { requiredLanes: ['native@amd64'] })).toMatchObject({ code: 3 });
  });
});
