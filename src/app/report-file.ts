import { closeSync, openSync, writeSync } from 'node:fs';
import { ArchParityError, errorMessage, ExitCode } from '../core/index.ts';

export interface ReportFile {
  readonly write: (text: string) => void;
  readonly close: () => void;
}

/**
 * Opens the file of a report, empty.
 * @throws ArchParityError `REPORT_UNWRITABLE` (exit 2)
 */
export function openReportFile(file: string): ReportFile {
  let fd: number;
  try {
    fd = openSync(file, 'w');
  } catch (cause) {
    throw new ArchParityError({
      code: 'REPORT_UNWRITABLE',
      message: `The report ${file} cannot be written: ${errorMessage(cause)}.`,
      advice: 'Name a file in a directory that exists and that you may write to.',
      exitCode: ExitCode.usage,
      cause,
    });
  }
  const write = (text: string): void => {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
  };
  return {
    write,
    close: () => {
      closeSync(fd);
    },
  };
}
