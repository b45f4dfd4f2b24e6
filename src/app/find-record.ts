import { readlinkSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { usageError } from '../core/index.ts';
import { isFile, resolveRun, statIfThere } from '../store/index.ts';

/**
 * The path of a record: a path or `NAME.ndjson` as it is; `last` or a run's id is looked for below
 * `.archparity/runs`, and a word that is neither may be a file, too.
 * @throws ArchParityError `RUN_NOT_FOUND`, `RUN_AMBIGUOUS` (exit 2)
 */
export async function findRecord(record: string, cwd: string): Promise<string> {
  if (record.includes('/') || record.endsWith('.ndjson')) return followLast(record, cwd);
  try {
    return join((await resolveRun(cwd, record)).path, 'record.ndjson');
  } catch (error) {
    // A file of another name was most likely meant as one; reading says best what is wrong with it.
    const file = resolve(cwd, record);
    if (isFile(file)) return file;
    throw error;
  }
}

/** A path through the link `last`, which points elsewhere as soon as a run begins, as a path without it. */
function followLast(record: string, cwd: string): string {
  const directory = dirname(record);
  if (basename(directory) !== 'last') return record;
  try {
    const target = readlinkSync(resolve(cwd, directory));
    return isAbsolute(target) ? record : join(dirname(directory), target, basename(record));
  } catch {
    return record;
  }
}

/**
 * As {@link findRecord}, for a record that is read in parts: one that comes through a pipe cannot be.
 * @throws ArchParityError `RECORD_NOT_A_FILE` (exit 2)
 */
export async function findRecordFile(record: string, cwd: string): Promise<string> {
  return refusePipe(await findRecord(record, cwd));
}

/**
 * A path that is read in parts, as it is.
 * @throws ArchParityError `RECORD_NOT_A_FILE` (exit 2)
 */
export function refusePipe(file: string): string {
  const stats = statIfThere(file);
  // Reading says best what is wrong with a file that is not there, or a directory.
  if (stats === undefined || stats.isFile() || stats.isDirectory()) return file;
  throw usageError(
    'RECORD_NOT_A_FILE',
    `The record ${file} is not a file, and has to be read twice.`,
    'Write it to a file first.',
  );
}
