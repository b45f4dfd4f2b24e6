import type { RunEvent } from '../../core/index.ts';
import { RecordLines } from '../record-lines.ts';
import type { CaseSource } from './join-records.ts';

/** Reads cases of records once more, each with its attempts. */
export class JoinedCases {
  readonly #lines = new Map<string, RecordLines>();

  read({ record, finished }: CaseSource): Extract<RunEvent, { type: 'case-finished' }> {
    const lines = this.#lines.get(record.file) ?? new RecordLines(record.file);
    this.#lines.set(record.file, lines);
    return lines.readCase(finished.places);
  }

  close(): void {
    for (const lines of this.#lines.values()) lines.close();
  }
}
