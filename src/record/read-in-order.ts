import { stat } from 'node:fs/promises';
import type { RunEvent } from '../core/index.ts';
import { readLocated, type LinePlace, readRecord } from './read-record.ts';
import { RecordLines } from './record-lines.ts';

/** A case between its start and its end, with the lines that it has in the record so far. */
interface StartedCase {
  readonly order: number;
  readonly places: LinePlace[];
}

/**
 * The events of a record with its cases finishing in the order in which they began, which is the plan's:
 * what finished when is chance. Of cases that must wait for an earlier one only the places of their lines
 * are remembered, and those are read again. A record that cannot be read twice (a pipe) comes as it is.
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
  try {
    yield* orderCases(file, again);
  } finally {
    again.close();
  }
}

async function* orderCases(file: string, again: RecordLines): AsyncGenerator<RunEvent> {
  const running = new Map<string, StartedCase>();
  const waiting = new Map<number, readonly LinePlace[]>();
  let started = 0;
  // In a resumed record any case may be the first one: all wait for the end.
  let next: number | undefined = 0;
  for await (const { event, place } of readLocated(file)) {
    if (event.type === 'run-started' && event.resumed === true) next = undefined;
    if (event.type === 'case-started') {
      const order = next === undefined ? (event.place ?? started) : started;
      running.set(event.definition.id, { order, places: [] });
      started += 1;
    }
    if (event.type === 'attempt-finished') running.get(event.caseId)?.places.push(place);
    if (event.type === 'run-finished') yield* readWaiting();
    const finished = event.type === 'case-finished' ? event.result.definition.id : undefined;
    const begun = finished === undefined ? undefined : running.get(finished);
    if (finished === undefined || begun === undefined) {
      yield event;
      continue;
    }
    running.delete(finished);
    if (next === undefined || begun.order !== next) {
      waiting.set(begun.order, [...begun.places, place]);
      continue;
    }
    yield event;
    next += 1;
    for (let places = waiting.get(next); places !== undefined; places = waiting.get(next)) {
      waiting.delete(next);
      yield again.readCase(places);
      next += 1;
    }
  }
  yield* readWaiting();

  /** What waits for a case that never finished. */
  function* readWaiting(): Generator<RunEvent> {
    for (const [order, places] of [...waiting].sort(([a], [b]) => a - b)) {
      waiting.delete(order);
      yield again.readCase(places);
    }
  }
}
