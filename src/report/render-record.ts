import { readRecord } from '../record/index.ts';
import { createReporter } from './create-reporter.ts';
import type { ReporterName, ReporterOptions } from './reporter.ts';

/** What a record says of the end of its run. */
export interface RenderedRecord {
  /** The run's exit code; absent when the record ends before its run did. */
  readonly exitCode?: number;
}

/**
 * Shows a record through a reporter.
 * @throws ArchParityError what `readRecord` throws
 */
export async function renderRecord(
  file: string,
  name: ReporterName,
  options: ReporterOptions,
): Promise<RenderedRecord> {
  // A replay has no time of its own: progress of something that is over would only flicker.
  const reporter = createReporter(name, { recordPath: file, ...options, tty: false });
  let exitCode: number | undefined;
  for await (const event of readRecord(file)) {
    await reporter.onEvent(event);
    if (event.type === 'run-finished') exitCode = event.exitCode;
  }
  await reporter.finish?.();
  return exitCode === undefined ? {} : { exitCode };
}
