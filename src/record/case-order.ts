import type { RunEvent } from '../core/index.ts';
import type { LinePlace } from './read-record.ts';
import type { RecordLines } from './record-lines.ts';

/** A case between its start and its end, with the lines that it has in the record so far. */
interface StartedCase {
  readonly order: number;
  readonly places: LinePlace[];
}

/**
 * Lets cases finish in the order in which they began, which is the plan's: what finished when is chance.
 * Of cases that must wait for an earlier one only the places of their lines in the record are remembered,
 * and those are read again.
 */
export class CaseOrder {
  readonly #again: RecordLines;
  readonly #running = new Map<string, StartedCase>();
  readonly #waiting = new Map<number, readonly LinePlace[]>();
  #started = 0;
  // In a resumed record any case may be the first one: all wait for the end.
  #next: number | undefined = 0;

  /** @param again - lines of the record in which what is taken stands */
  constructor(again: RecordLines) {
    this.#again = again;
  }

  /** What can be told once this event is known, whose line stands at `place`. */
  *take(event: RunEvent, place: LinePlace): Generator<RunEvent> {
    if (event.type === 'run-started' && event.resumed === true) this.#next = undefined;
    if (event.type === 'case-started') {
      const order = this.#next === undefined ? (event.place ?? this.#started) : this.#started;
      this.#running.set(event.definition.id, { order, places: [] });
      this.#started += 1;
    }
    if (event.type === 'attempt-finished') this.#running.get(event.caseId)?.places.push(place);
    if (event.type === 'run-finished') yield* this.rest();
    if (event.type !== 'case-finished') {
      yield event;
      return;
    }
    const { id } = event.result.definition;
    const begun = this.#running.get(id);
    this.#running.delete(id);
    if (begun !== undefined && begun.order !== this.#next) {
      this.#waiting.set(begun.order, [...begun.places, place]);
      return;
    }
    yield event;
    if (begun !== undefined) yield* this.#following();
  }

  /** What waits for a case that never finished. */
  *rest(): Generator<RunEvent> {
    for (const [order, places] of [...this.#waiting].sort(([a], [b]) => a - b)) {
      this.#waiting.delete(order);
      yield this.#again.readCase(places);
    }
  }

  /** What waited for the case that has just been told. */
  *#following(): Generator<RunEvent> {
    while (this.#next !== undefined) {
      this.#next += 1;
      const places = this.#waiting.get(this.#next);
      if (places === undefined) return;
      this.#waiting.delete(this.#next);
      yield this.#again.readCase(places);
    }
  }
}
