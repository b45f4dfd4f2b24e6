import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readEarlier } from '../../../src/app/read-earlier.ts';
import { START, useTempDirectory, writeEvents } from '../record/record-files.ts';

const path = useTempDirectory();

/** Reads what a run is the rest of that is to be recorded in a file of the test's. */
const read = (resume: string, record: string) =>
  readEarlier({
    cwd: path('.'),
    resume,
    record: path(record),
    terminal: { quiet: true },
    say: () => undefined,
  });

describe('a run that goes on in its own record', () => {
  it('begins where there is none, or an empty one, and goes on in one whatever it is called', async () => {
    expect(await read('part', 'part')).toBeUndefined();
    writeFileSync(path('part'), '');
    expect(await read('part', 'part')).toBeUndefined();
    await writeEvents(path('part'), [START]);
    expect(await read('part', 'part')).toMatchObject({ record: { start: { runId: 'r1' } } });
  });

  it('takes another for the name of a run, or of a file that is there', async () => {
    expect(await read('part', 'other')).toMatchObject({ record: { start: { runId: 'r1' } } });
    await expect(read('gone', 'other')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  });
});
