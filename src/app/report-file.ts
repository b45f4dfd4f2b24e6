import { closeSync, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { unwritableFile } from './unwritable-file.ts';

export interface ReportFile {
  /** @throws ArchParityError `REPORT_UNWRITABLE` (exit 3) when the disk is full */
  readonly write: (text: string) => void;
  readonly close: () => void;
}

/**
 * Opens the file of a report, empty; the summary of a step on GitHub goes on where others ended.
 * @throws ArchParityError `REPORT_UNWRITABLE` (exit 2)
 */
export function openReportFile(file: string): ReportFile {
  let fd: number;
  try {
    fd = openSync(file, isStepSummary(file) ? 'a' : 'w');
  } catch (cause) {
    throw unwritableFile('REPORT_UNWRITABLE', `The report ${file}`, cause);
  }
  const write = (text: string): void => {
    const bytes = Buffer.from(text);
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
    } catch (cause) {
      throw unwritableFile('REPORT_UNWRITABLE', `The report ${file}`, cause);
    }
  };
  return {
    write,
    close: () => {
      closeSync(fd);
    },
  };
}

/** Everything in a step appends to one file (docs.github.com, "Adding a job summary"). */
function isStepSummary(file: string): boolean {
  const summary = process.env['GITHUB_STEP_SUMMARY'];
  return summary !== undefined && summary !== '' && resolve(summary) === resolve(file);
}
