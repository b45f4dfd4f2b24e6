import { writeFile } from 'node:fs/promises';
import { ArchParityError, errorMessage, ExitCode } from '../../core/index.ts';
import {
  toCsv,
  toGoBench,
  toHyperfineJson,
  toMarkdown,
  toSmallerIsBetter,
  type BenchReport,
} from '../../report/index.ts';

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
export async function writeExports(
  report: BenchReport,
  files: Readonly<Record<Format, string | undefined>>,
): Promise<void> {
  for (const format of Object.keys(FORMATS) as Format[]) {
    const file = files[format];
    if (file === undefined) continue;
    try {
      await writeFile(file, FORMATS[format](report));
    } catch (cause) {
      throw new ArchParityError({
        code: 'REPORT_UNWRITABLE',
        message: `The report ${file} cannot be written: ${errorMessage(cause)}.`,
        advice: 'Name a file in a directory that exists and that you may write to.',
        exitCode: ExitCode.usage,
        cause,
      });
    }
  }
}
