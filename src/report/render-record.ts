import type { RunEvent } from '../core/index.ts';
import { readRecord, readRecordInOrder } from '../record/index.ts';
import { createReporter } from './create-reporter.ts';
import type { ReporterName, ReporterOptions } from './reporter.ts';

/** What a record says of the end of its run. */
export interface RenderedRecord {
  /** The run's exit code; absent when the record ends before its run did. */
  readonly exitCode?: number;
}

/**
 * Whether a reporter is a list of cases, which the next run should give in the same order, and not the story
 * of a run.
 */
export function listsCases(name: ReporterName): boolean {
  return name !== 'live' && name !== 'text';
}

/** Says what a record lacks that was cut off. */
export interface RecordCompletion {
  observe(event: RunEvent): void;
  missing(): readonly RunEvent[];
}

/**
 * Shows a record through a reporter: lists of cases in the order of the plan, else as things happened.
 * @throws ArchParityError what `readRecord` throws
 */
export async function renderRecord(
  file: string,
  name: ReporterName,
  options: ReporterOptions & { readonly completion?: RecordCompletion },
): Promise<RenderedRecord> {
  // A replay has no time of its own: progress of something that is over would only flicker.
  const reporter = createReporter(name, { recordPath: file, ...options, tty: false });
  let exitCode: number | undefined;
  const events = listsCases(name) ? readRecordInOrder(file) : readRecord(file);
  for await (const event of events) {
    options.completion?.observe(event);
    await reporter.onEvent(event);
    if (event.type === 'run-finished') exitCode = event.exitCode;
  }
  for (const event of options.completion?.missing() ?? []) await reporter.onEvent(event);
  await reporter.finish?.();
  return exitCode === undefined ? {} : { exitCode };
}
