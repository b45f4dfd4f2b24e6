import { writeFile } from 'node:fs/promises';
import type { BenchReport } from '../../report/index.ts';
import { unwritableFile } from '../unwritable-file.ts';

/**
 * Writes the report of a bench for a later one to compare with.
 * @throws ArchParityError `BASELINE_UNWRITABLE` (exit 2)
 */
export async function saveBaseline(file: string, report: BenchReport): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(report)}\n`);
  } catch (cause) {
    throw unwritableFile('BASELINE_UNWRITABLE', `The baseline ${file}`, cause);
  }
}
