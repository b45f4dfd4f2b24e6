import { join } from 'node:path';
import { resolveRun } from '../store/index.ts';

/**
 * The file of a record: a path as it is; `last` or a run's id is looked for below `.archparity/runs`.
 * @throws ArchParityError for a run that is not there (exit 2)
 */
export async function findRecord(record: string, cwd: string): Promise<string> {
  if (record.includes('/') || record.endsWith('.ndjson')) return record;
  return join((await resolveRun(cwd, record)).path, 'record.ndjson');
}
