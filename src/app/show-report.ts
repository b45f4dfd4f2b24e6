import { renderRecord, type ReporterOptions } from '../report/index.ts';
import { CutOffBench } from './bench/cut-off-bench.ts';
import { findRecord } from './find-record.ts';
import { openReportFile } from './report-file.ts';
import { parseReporterRequests, refuseRecords } from './reporter-request.ts';

export interface ReportRequest {
  readonly cwd: string;
  /** A file, the id of a run below `cwd`, or `last`. */
  readonly record: string;
  /** `NAME[=FILE]`; none = text on stdout. */
  readonly reporters: readonly string[];
  readonly terminal: Omit<ReporterOptions, 'recordPath' | 'tty'>;
}

/**
 * Shows the record of a run again through reporters.
 * @throws ArchParityError for a run or record that is not there or cannot be read, and for reports that cannot
 *   be written where they are to be
 */
export async function showReport(request: ReportRequest): Promise<void> {
  const requests = parseReporterRequests(request.reporters, { standard: 'text' });
  const record = await findRecord(request.record, request.cwd);
  refuseRecords(requests, [record]);
  for (const { name, file } of requests) {
    const completion = new CutOffBench();
    if (file === undefined) {
      await renderRecord(record, name, { ...request.terminal, tty: false, completion });
      continue;
    }
    const { write, close } = openReportFile(file);
    try {
      await renderRecord(record, name, {
        ...request.terminal,
        write,
        color: false,
        width: 100,
        tty: false,
        completion,
      });
    } finally {
      close();
    }
  }
}
