import { writeFile } from 'node:fs/promises';
import { ArchParityError, errorMessage, ExitCode } from '../../core/index.ts';
import type { BenchReport } from '../../report/index.ts';

/**
 * Writes the report of a bench for a later one to compare with.
 * @throws ArchParityError `BASELINE_UNWRITABLE` (exit 2)
 */
export async function saveBaseline(file: string, report: BenchReport): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(report)}\n`);
  } catch (cause) {
    throw new ArchParityError({
      code: 'BASELINE_UNWRITABLE',
      message: `The baseline ${file} cannot be written: ${errorMessage(cause)}.`,
      advice: 'Name a file in a directory that exists and that you may write to.',
      exitCode: ExitCode.usage,
      cause,
    });
  }
}
