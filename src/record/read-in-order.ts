import { stat } from 'node:fs/promises';
import type { RunEvent } from '../core/index.ts';
import { CaseOrder } from './case-order.ts';
import { readLocated, readRecord } from './read-record.ts';
import { RecordLines } from './record-lines.ts';

/**
 * The events of a record with its cases in their order ({@link CaseOrder}). A record that cannot be read
 * twice (a pipe) comes as it is.
 * @throws ArchParityError as `readRecord`
 */
export async function* readRecordInOrder(file: string): AsyncGenerator<RunEvent> {
  const isFile = await stat(file).then(
    (stats) => stats.isFile(),
    () => false,
  );
  if (!isFile) {
    yield* readRecord(file);
    return;
  }
  const again = new RecordLines(file);
  const order = new CaseOrder(again);
  try {
    for await (const { event, place } of readLocated(file)) yield* order.take(event, place);
    yield* order.rest();
  } finally {
    again.close();
  }
}
