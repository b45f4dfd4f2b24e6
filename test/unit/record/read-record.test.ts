import { readFileSync, writeFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { RunEvent } from '../../../src/core/index.ts';
import { readRecord } from '../../../src/record/index.ts';
import { arbitraryRun } from './arbitrary-event.ts';
import { readEvents, START, useTempDirectory, warning, writeEvents } from './record-files.ts';

const path = useTempDirectory();

function fileWith(name: string, text: string | Uint8Array): string {
  const file = path(name);
  writeFileSync(file, text);
  return file;
}

const FIRST_LINE = `${JSON.stringify({ ...START })}\n`;

/** Events whose line was whole are read, then a warning when a line was cut. */
async function checkCut(events: readonly RunEvent[], bytes: Buffer, cut: number): Promise<void> {
  const kept = bytes.subarray(0, cut);
  const read = await readEvents(fileWith('cut.ndjson', kept));
  const newlines = kept.filter((byte) => byte === 0x0a).length;
  const whole = kept.at(-1) !== 0x0a && bytes[cut] === 0x0a ? newlines + 1 : newlines;
  expect(read.slice(0, whole)).toEqual(events.slice(0, whole));
  if (whole > newlines || kept.at(-1) === 0x0a) expect(read).toHaveLength(whole);
  else expect(read.slice(whole)).toMatchObject([{ type: 'warning' }]);
}

describe('readRecord', () => {
  it('reads a record that was cut at any byte up to there', { timeout: 30_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryRun,
        fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
        async (events, places) => {
          const whole = path('whole.ndjson');
          await writeEvents(whole, events);
          const bytes = readFileSync(whole);
          for (const place of places) await checkCut(events, bytes, place % (bytes.length + 1));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reads a small record that was cut at every byte', { timeout: 30_000 }, async () => {
    const events = [START, warning('größe'), warning('🙂')];
    const whole = path('small.ndjson');
    await writeEvents(whole, events);
    const bytes = readFileSync(whole);
    for (let cut = 0; cut <= bytes.length; cut += 1) await checkCut(events, bytes, cut);
  });

  it('gives the warning about a cut the time of the last event', async () => {
    const file = fileWith('cut-time.ndjson', `${FIRST_LINE}{"type":"warning","at":"20`);
    expect(await readEvents(file)).toEqual([
      START,
      {
        type: 'warning',
        at: START.at,
        message: 'The record ends in the middle of line 2.',
        advice: expect.stringContaining('killed') as string,
      },
    ]);
  });

  it('reads while it streams', async () => {
    const file = path('long.ndjson');
    await writeEvents(file, [START, ...Array.from({ length: 3000 }, (_, i) => warning(`w${i}`))]);
    let count = 0;
    for await (const event of readRecord(file)) {
      count += 1;
      if (count === 2) expect(event).toEqual(warning('w0'));
    }
    expect(count).toBe(3001);
  });

  it('reads a line longer than a chunk', async () => {
    const file = path('wide.ndjson');
    const events = [START, warning('é'.repeat(700_000)), warning('after')];
    await writeEvents(file, events);
    expect(await readEvents(file)).toEqual(events);
  });

  it('passes over event types of a later version', async () => {
    const later = '{"type":"lane-danced","at":"x"}\n';
    const file = fileWith('later.ndjson', `${FIRST_LINE}${later}${JSON.stringify(warning('w'))}\n`);
    expect(await readEvents(file)).toEqual([START, warning('w')]);
  });

  it('refuses a record of a later format', async () => {
    const file = fileWith('new.ndjson', `${JSON.stringify({ ...START, recordVersion: 2 })}\n`);
    await expect(readEvents(file)).rejects.toMatchObject({ code: 'RECORD_TOO_NEW', exitCode: 2 });
  });

  it.each([
    ['text', 'hello\nworld\n', 1],
    ['text without an end', 'hello', 1],
    ['another JSON', '{"version": 1}\n', 1],
    ['a JSON fragment', '{"versi', 1],
    ['a record without its start', '{"type":"warning","at":"x","message":"m"}\n', 1],
    ['a start without a version', '{"type":"run-started","at":"x"}\n', 1],
    ['bytes', new Uint8Array(600_000).fill(7), 1],
    ['a damaged line', `${FIRST_LINE}{"type":"warn\n${FIRST_LINE}`, 2],
    ['a line of another kind', `${FIRST_LINE}{"type":"warning","at":"x"}\n`, 2],
    ['a line that is no object', `${FIRST_LINE}[]\n`, 2],
    [
      'a result without lanes',
      `${FIRST_LINE}{"type":"case-finished","at":"x","result":{"verdict":"match"}}\n`,
      2,
    ],
  ])('names the line of %s', async (name, content, line) => {
    const file = fileWith(`invalid ${name}`, content);
    await expect(readEvents(file)).rejects.toMatchObject({
      code: 'RECORD_INVALID',
      exitCode: 2,
      message: expect.stringContaining(`${file}:${line} `) as string,
    });
  });

  it('tells a missing file from one that cannot be read', async () => {
    await expect(readEvents(path('missing'))).rejects.toMatchObject({
      code: 'RECORD_NOT_FOUND',
      exitCode: 2,
    });
    await expect(readEvents('/')).rejects.toMatchObject({ code: 'RECORD_READ_FAILED' });
  });
});
