import type { RunEvent } from '../core/index.ts';
import { CaseOrder, type LinePlace, RecordLines } from '../record/index.ts';
import {
  multiplexReporters,
  type NamedReporter,
  type ReporterFailure,
} from './multiplex-reporters.ts';

/** Reporters of a run that are told of its cases in the order of the plan. */
export interface OrderedReporters {
  /** @param place - where the event's line stands in the record */
  tell(event: RunEvent, place: LinePlace): Promise<void>;
  /** Never rejects, and names the reporters that were switched off. */
  finish(): Promise<readonly ReporterFailure[]>;
}

/**
 * Tells reporters of a run's cases in their order ({@link CaseOrder}), while it goes on.
 * @param recordPath - the record of the run, which is there already
 */
export function orderReporters(
  reporters: readonly NamedReporter[],
  recordPath: string,
): OrderedReporters {
  if (reporters.length === 0)
    return { tell: () => Promise.resolve(), finish: () => Promise.resolve([]) };
  const told = multiplexReporters(reporters);
  let opened: { readonly again: RecordLines; readonly order: CaseOrder } | undefined;
  let broken: { readonly error: unknown } | undefined;
  let tail: Promise<void> = Promise.resolve();

  function tellAll(events: (order: CaseOrder) => Iterable<RunEvent>): Promise<void> {
    tail = tail.then(async () => {
      if (broken !== undefined) return;
      try {
        opened ??= openInOrder(recordPath);
        // One after the other: a case that ends can be the one that thousands wait for.
        for (const event of events(opened.order)) await told(event);
      } catch (error) {
        broken = { error };
      }
    });
    return tail;
  }

  return {
    tell: (event, place) => tellAll((cases) => cases.take(event, place)),
    async finish() {
      await tellAll((cases) => cases.rest());
      opened?.again.close();
      const failures = await told.finish();
      if (broken === undefined) return failures;
      const { error } = broken;
      return reporters.map(
        ({ name }) => failures.find((one) => one.name === name) ?? { name, error },
      );
    },
  };
}

function openInOrder(recordPath: string) {
  const again = new RecordLines(recordPath);
  return { again, order: new CaseOrder(again) };
}
