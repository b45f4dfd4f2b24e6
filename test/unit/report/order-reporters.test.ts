import { truncateSync } from 'node:fs';
import { setImmediate as later } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/core/index.ts';
import { createRecordWriter, readRecordInOrder } from '../../../src/record/index.ts';
import { orderReporters, type NamedReporter } from '../../../src/report/index.ts';
import { useTempDirectory } from '../record/record-files.ts';
import { overlappingRun, startRun } from './make-result.ts';

const path = useTempDirectory();

/** Remembers what it is told, and takes its time for it. */
function listener(name: string): NamedReporter & { readonly told: RunEvent[] } {
  const told: RunEvent[] = [];
  const onEvent = async (event: RunEvent): Promise<void> => {
    await later();
    told.push(event);
  };
  return { name, told, reporter: { onEvent } };
}

/** A run that writes its record and tells what it has written; nobody waits for a listener. */
async function run(file: string, events: readonly RunEvent[], reporters: readonly NamedReporter[]) {
  const record = createRecordWriter(file);
  const ordered = orderReporters(reporters, file);
  await Promise.all(events.map(async (event) => ordered.tell(event, await record.append(event))));
  await record.close();
  return ordered.finish();
}

describe('orderReporters', () => {
  it('tells during a run what its record tells afterwards', async () => {
    const orders = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 });
    await fc.assert(
      fc.asyncProperty(orders, async (ends) => {
        const file = path('record.ndjson');
        const one = listener('json=one.json');
        expect(await run(file, overlappingRun(ends), [one])).toEqual([]);
        expect(one.told).toEqual(await Array.fromAsync(readRecordInOrder(file)));
      }),
      { numRuns: 30 },
    );
  });

  it('tells what waits for a case that never ends', async () => {
    const one = listener('json=one.json');
    const events = overlappingRun([2, 1, 0]).filter(
      (event) => event.type !== 'run-finished' && !endsFirst(event),
    );
    await run(path('cut.ndjson'), events, [one]);
    const names = one.told.flatMap((event) =>
      event.type === 'case-finished' ? event.result.definition.name : [],
    );
    expect(names).toEqual(['case 1', 'case 2']);
  });

  it('names each reporter when lines of the record are gone, and the one that threw by its error', async () => {
    const file = path('truncated.ndjson');
    const full = new Error('disk full');
    const broken: NamedReporter = {
      name: 'junit=x',
      reporter: { onEvent: () => Promise.reject(full) },
    };
    const record = createRecordWriter(file);
    const ordered = orderReporters([listener('json=y'), broken], file);
    for (const event of overlappingRun([1, 0])) {
      const place = await record.append(event);
      if (endsFirst(event)) truncateSync(file, 10);
      await ordered.tell(event, place);
    }
    await record.close();
    expect(await ordered.finish()).toEqual([
      { name: 'json=y', error: expect.any(Error) as Error },
      { name: 'junit=x', error: full },
    ]);
  });

  it('names them when the record cannot be read', async () => {
    const ordered = orderReporters([listener('json=y')], path('none.ndjson'));
    await ordered.tell(startRun(), { offset: 0, length: 1 });
    expect(await ordered.finish()).toEqual([
      { name: 'json=y', error: expect.objectContaining({ code: 'ENOENT' }) as Error },
    ]);
  });
});

function endsFirst(event: RunEvent): boolean {
  return event.type === 'case-finished' && event.result.definition.name === 'case 0';
}
