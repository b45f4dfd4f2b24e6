import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunListener } from '../core/index.ts';
import { createRecordWriter, createRedactor, type RecordWriter } from '../record/index.ts';
import {
  createReporter,
  listsCases,
  multiplexReporters,
  renderRecord,
  type ReporterFailure,
  type ReporterOptions,
} from '../report/index.ts';
import { createRunDirectory } from '../store/index.ts';
import {
  openBesideRecord,
  openReports,
  type OpenedReport,
  type ReporterRequest,
} from './open-reports.ts';

export interface OutputOptions {
  readonly cwd: string;
  readonly reporters: readonly ReporterRequest[];
  /** Path of the record; absent = in a new run directory. */
  readonly record?: string;
  /** Values that must not be stored. */
  readonly secrets: readonly string[];
  /** For reporters on stdout. */
  readonly terminal: Omit<ReporterOptions, 'recordPath'>;
}

export interface RunOutputs {
  readonly runId: string;
  readonly recordPath: string;
  readonly listener: RunListener;
  /** Closes record and reporters; the names of reporters that threw, with their errors. */
  finish(): Promise<readonly { readonly name: string; readonly error: unknown }[]>;
}

async function openRecord(
  options: OutputOptions,
): Promise<{ runId: string; recordPath: string; record: RecordWriter }> {
  if (options.record !== undefined) {
    const record = createRecordWriter(options.record);
    return { runId: options.record, recordPath: options.record, record };
  }
  const directory = await createRunDirectory(options.cwd);
  const recordPath = join(directory.path, 'record.ndjson');
  return { runId: directory.id, recordPath, record: createRecordWriter(recordPath) };
}

/**
 * Opens the record and the reporters of a run. Secrets are removed for the reporters too.
 * @throws ArchParityError `REPORT_UNWRITABLE` (exit 2), `RECORD_WRITE_FAILED`, `RUN_DIRECTORY_UNWRITABLE`
 */
export async function openOutputs(options: OutputOptions): Promise<RunOutputs> {
  const placed = openReports(options);
  const { runId, recordPath, record } = await openRecord(options);
  // Lists of cases are made of the record at the end, in the order of the plan, where it can be read again.
  const isFile = statSync(recordPath).isFile();
  const isOwn = options.record !== undefined;
  const beside = isFile ? openBesideRecord(options, { path: recordPath, isOwn }) : [];
  const reporters = [...placed, ...beside];
  const isLast = ({ name }: OpenedReport): boolean => isFile && listsCases(name);
  const multiplexed = multiplexReporters(
    reporters
      .filter((reporter) => !isLast(reporter))
      .map(({ name, title, where }) => ({
        name: title,
        reporter: createReporter(name, { ...where, recordPath }),
      })),
  );
  const redactor = createRedactor({ secrets: options.secrets, patterns: true });
  return {
    runId,
    recordPath,
    listener: async (event) => {
      const clean = redactor.redactEvent(event);
      // The record first: what a reporter shows is stored already.
      await record.append(clean);
      await multiplexed(clean);
    },
    finish: async () => {
      const failures: ReporterFailure[] = [...(await multiplexed.finish())];
      try {
        await record.close();
      } finally {
        // A record that could not be written whole still has what finished before.
        for (const { name, title, where } of reporters.filter(isLast)) {
          await renderRecord(recordPath, name, { ...where, recordPath }).catch((error: unknown) => {
            failures.push({ name: title, error });
          });
        }
        for (const report of reporters) report.close();
      }
      return failures;
    },
  };
}
