import { appendFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/core/index.ts';
import { readRecordInOrder } from '../../../src/record/index.ts';
import { endRun, overlappingRun, startRun, tellNamed } from '../report/make-result.ts';
import { readEvents, useTempDirectory, writeEvents } from './record-files.ts';

const path = useTempDirectory();

const finishedOf = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === 'case-finished' ? event.result : []));

describe('readRecordInOrder', () => {
  it('gives cases whole and in the order of their starts, whatever finished first', async () => {
    const orders = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 });
    await fc.assert(
      fc.asyncProperty(orders, async (ends) => {
        const file = path('record.ndjson');
        await writeEvents(file, overlappingRun(ends));
        const ordered = await Array.fromAsync(readRecordInOrder(file));
        const byName = finishedOf(await readEvents(file)).toSorted((a, b) =>
          a.definition.name < b.definition.name ? -1 : 1,
        );
        expect(finishedOf(ordered)).toEqual(byName);
        expect(ordered.at(-1)?.type).toBe('run-finished');
        expect(ordered).toHaveLength(2 + 4 * 6);
      }),
      { numRuns: 30 },
    );
  });

  it('gives what waited for a case that never ended, also of a record that was cut', async () => {
    const file = path('record.ndjson');
    const events = overlappingRun([2, 1, 0]).filter(
      (event) =>
        event.type !== 'run-finished' &&
        !(event.type === 'case-finished' && event.result.definition.name === 'case 0'),
    );
    await writeEvents(file, events);
    appendFileSync(file, '{"type":"case-fin');
    const ordered = await Array.fromAsync(readRecordInOrder(file));
    expect(finishedOf(ordered).map(({ definition }) => definition.name)).toEqual([
      'case 1',
      'case 2',
    ]);
    expect(ordered.some(({ type }) => type === 'warning')).toBe(true);
  });

  it('gives the cases of a resumed run by their places, though some were over when it began', async () => {
    const file = path('record.ndjson');
    const places = [4, 0, 2, 1, 3];
    const events = places.flatMap((place) =>
      tellNamed(`case ${String(place)}`).map((event) =>
        event.type === 'case-started' ? { ...event, place } : event,
      ),
    );
    await writeEvents(file, [startRun({ resumed: true }), ...events, endRun({})]);
    const ordered = await Array.fromAsync(readRecordInOrder(file));
    expect(finishedOf(ordered).map(({ definition }) => definition.name)).toEqual(
      [0, 1, 2, 3, 4].map((place) => `case ${String(place)}`),
    );
    expect(ordered.at(-1)?.type).toBe('run-finished');
  });

  it('says of a record that is not there what readRecord says', async () => {
    await expect(Array.fromAsync(readRecordInOrder(path('none')))).rejects.toMatchObject({
      code: 'RECORD_NOT_FOUND',
    });
  });
});
