import { dirname, join } from 'node:path';
import type { ReporterName, ReporterOptions } from '../report/index.ts';
import { openReportFile } from './report-file.ts';

/** A reporter as asked for: on stdout, or in a file. */
export interface ReporterRequest {
  readonly name: ReporterName;
  readonly file?: string;
  /** Instead of `file`: what the file beside the record is called. */
  readonly besideRecord?: string;
}

/** A reporter with the place that it writes to. */
export interface OpenedReport {
  readonly name: ReporterName;
  /** For messages, as the user wrote it. */
  readonly title: string;
  /** Else it has a file of its own. */
  readonly isOnStdout: boolean;
  readonly where: Omit<ReporterOptions, 'recordPath'>;
  /** Closes its file. */
  close(): void;
}

interface ReportPlaces {
  readonly reporters: readonly ReporterRequest[];
  /** For reporters on stdout. */
  readonly terminal: Omit<ReporterOptions, 'recordPath'>;
}

/**
 * Opens what reporters write to, but for those beside the record, which is not there yet.
 * @throws ArchParityError `REPORT_UNWRITABLE` (exit 2)
 */
export function openReports({ reporters, terminal }: ReportPlaces): OpenedReport[] {
  const placed = reporters.filter(({ besideRecord }) => besideRecord === undefined);
  const onStdout = placed.filter(({ file }) => file === undefined);
  const isShared = onStdout.length > 1 && onStdout.some(({ name }) => name === 'github');
  const log = shareLog(terminal.write);
  return placed.map(({ name, file }) => {
    if (file !== undefined) return openInFile(name, file, terminal);
    const write = name === 'github' ? log.writeCommands : log.write;
    const where = isShared ? { ...terminal, write } : terminal;
    return { name, title: name, isOnStdout: true, where, close: () => undefined };
  });
}

/**
 * Opens the reports that stand beside the record: in the directory of its run, or, for a record of its own,
 * under its name.
 * @throws ArchParityError `REPORT_UNWRITABLE` (exit 2)
 */
export function openBesideRecord(
  { reporters, terminal }: ReportPlaces,
  { path, isOwn }: { readonly path: string; readonly isOwn: boolean },
): OpenedReport[] {
  return reporters.flatMap(({ name, besideRecord }) => {
    if (besideRecord === undefined) return [];
    const file = isOwn
      ? `${path.replace(/\.ndjson$/, '')}.${besideRecord}`
      : join(dirname(path), besideRecord);
    return [openInFile(name, file, terminal)];
  });
}

function openInFile(
  name: ReporterName,
  file: string,
  terminal: ReportPlaces['terminal'],
): OpenedReport {
  const { write, close } = openReportFile(file);
  const where = { ...terminal, write, color: false, tty: false, width: 100 };
  return { name, title: `${name}=${file}`, isOnStdout: false, where, close };
}

/**
 * One log for people and for GitHub's workflow commands: from the first words for people to the first command a
 * line of a subject that looks like a command is none (docs.github.com, "Stopping and starting workflow
 * commands").
 */
function shareLog(write: ReporterOptions['write']): {
  readonly write: ReporterOptions['write'];
  readonly writeCommands: ReporterOptions['write'];
} {
  const token = crypto.randomUUID();
  let areStopped = false;
  return {
    write: async (text) => {
      if (!areStopped) await write(`::stop-commands::${token}\n`);
      areStopped = true;
      await write(text);
    },
    writeCommands: async (text) => {
      if (areStopped) await write(`::${token}::\n`);
      areStopped = false;
      await write(text);
    },
  };
}
