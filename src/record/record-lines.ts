import { closeSync, openSync, readSync } from 'node:fs';
import type { RunEvent } from '../core/index.ts';
import { AttemptLedger } from './attempt-ledger.ts';
import { parseEvent } from './parse-event.ts';
import type { LinePlace } from './read-record.ts';
import { restoreAttempts } from './stored-case.ts';

/** Lines of a record, read once more: a moment ago they were written or read, and a thread takes longer than they. */
export class RecordLines {
  readonly #file: string;
  readonly #fd: number;

  /** @throws what `fs` throws (`ENOENT`, `EACCES`, …) */
  constructor(file: string) {
    this.#file = file;
    this.#fd = openSync(file, 'r');
  }

  /** The end of a case, from the lines of its attempts and its own, which is the last. */
  readCase(places: readonly LinePlace[]): Extract<RunEvent, { type: 'case-finished' }> {
    const ledger = new AttemptLedger();
    for (const place of places) {
      const { event } = parseEvent(JSON.parse(this.#readLine(place)));
      if (event?.type === 'attempt-finished') ledger.add(event);
      if (event?.type !== 'case-finished') continue;
      const recorded = ledger.take(event.result.definition.id);
      return { ...event, result: restoreAttempts(event.result, recorded) };
    }
    throw new Error(`the record ${this.#file} has changed while it was read`);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #readLine({ offset, length }: LinePlace): string {
    const line = Buffer.allocUnsafe(length);
    return line.toString('utf8', 0, readSync(this.#fd, line, 0, length, offset));
  }
}
