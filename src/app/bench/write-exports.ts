import {
  toCsv,
  toGoBench,
  toHyperfineJson,
  toMarkdown,
  toSmallerIsBetter,
  type BenchReport,
} from '../../report/index.ts';
import { openReportFile } from '../report-file.ts';

const FORMATS = {
  hyperfine: toHyperfineJson,
  csv: toCsv,
  markdown: toMarkdown,
  go: toGoBench,
  smallerIsBetter: toSmallerIsBetter,
} as const;

type Format = keyof typeof FORMATS;

/**
 * Writes a report to the files that were asked for, each in its format.
 * @throws ArchParityError `REPORT_UNWRITABLE` (exit 2)
 */
export function writeExports(
  report: BenchReport,
  files: Readonly<Record<Format, string | undefined>>,
): void {
  for (const format of Object.keys(FORMATS) as Format[]) {
    const file = files[format];
    if (file === undefined) continue;
    const { write, close } = openReportFile(file);
    try {
      write(FORMATS[format](report));
    } finally {
      close();
    }
  }
}
