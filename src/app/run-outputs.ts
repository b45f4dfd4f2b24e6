import { realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CaseDefinition, RunListener } from '../core/index.ts';
import { createRecordWriter, createRedactor, type RecordWriter } from '../record/index.ts';
import {
  createReporter,
  listsCases,
  multiplexReporters,
  type NamedReporter,
  orderReporters,
  renderRecord,
  type ReporterOptions,
} from '../report/index.ts';
import { createRunDirectory } from '../store/index.ts';
import { isSameFile } from './is-same-file.ts';
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
  /** A record that is read meanwhile: where `record` is the same file, it is replaced by `takePlace`. */
  readonly earlier?: string;
  /** Values that must not be stored. */
  readonly secrets: readonly string[];
  /** For reporters on stdout. */
  readonly terminal: Omit<ReporterOptions, 'recordPath'>;
}

export interface RunOutputs {
  readonly runId: string;
  readonly recordPath: string;
  readonly listener: RunListener;
  readonly recorded: {
    /** A case as the record has it. */
    readonly redactCase: (definition: CaseDefinition) => CaseDefinition;
    /** Puts the record in the place of the earlier one, when they are one file. */
    readonly takePlace: () => void;
  };
  /** Closes record and reporters; the names of reporters that threw, with their errors. */
  finish(): Promise<readonly { readonly name: string; readonly error: unknown }[]>;
}

interface OpenedRecord {
  readonly runId: string;
  readonly recordPath: string;
  readonly record: RecordWriter;
  /** Where it is written until it takes the place of an earlier one. */
  readonly aside?: string;
}

async function openRecord(options: OutputOptions): Promise<OpenedRecord> {
  if (options.record !== undefined) {
    const named = { runId: options.record, recordPath: options.record };
    if (options.earlier === undefined || !isSameFile(options.record, options.earlier))
      return { ...named, record: createRecordWriter(options.record) };
    // Killed before all of the earlier one is in it, the earlier one must still be there.
    const aside = `${realpathSync(options.record)}.new`;
    return { ...named, record: createRecordWriter(aside), aside };
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
  const { runId, recordPath, record, aside } = await openRecord(options);
  let isAside = aside !== undefined;
  const isFile = statSync(recordPath).isFile();
  const isOwn = options.record !== undefined;
  const beside = isFile ? openBesideRecord(options, { path: recordPath, isOwn }) : [];
  const reporters = [...placed, ...beside];
  // Lists of cases are in the order of the plan, where the record can be read again.
  const isList = ({ name }: OpenedReport): boolean => isFile && listsCases(name);
  const create = ({ name, title, where }: OpenedReport): NamedReporter => ({
    name: title,
    reporter: createReporter(name, { ...where, recordPath }),
  });
  const story = multiplexReporters(reporters.filter((report) => !isList(report)).map(create));
  // On stdout a list comes after all that others have to say there.
  const last = reporters.filter((report) => isList(report) && report.isOnStdout);
  const inFiles = reporters.filter((report) => isList(report) && !report.isOnStdout);
  const lists = orderReporters(inFiles.map(create), aside ?? recordPath);
  const redactor = createRedactor({ secrets: options.secrets, patterns: true });
  return {
    runId,
    recordPath,
    listener: async (event) => {
      const clean = redactor.redactEvent(event);
      // The record first: what a reporter shows is stored already.
      const place = await record.append(clean);
      await Promise.all([story(clean), lists.tell(clean, place)]);
    },
    recorded: {
      redactCase: redactor.redactCase,
      takePlace: () => {
        if (aside !== undefined) renameSync(aside, realpathSync(recordPath));
        isAside = false;
      },
    },
    finish: async () => {
      const failures = [...(await story.finish())];
      try {
        await record.close();
      } finally {
        if (aside !== undefined && isAside) rmSync(aside, { force: true });
        // A record that could not be written whole still has what finished before.
        failures.push(...(await lists.finish()));
        for (const { name, title, where } of last) {
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
