import { join } from 'node:path';
import { resolveRun } from '../store/index.ts';

/**
 * The record that a user names: a file as it is; `last` or a run's id is looked for below `.archparity/runs`.
 * @throws ArchParityError those of `resolveRun`
 */
export async function findRecordFile(record: string, cwd: string): Promise<string> {
  if (record.includes('/') || record.endsWith('.ndjson')) return record;
  return join((await resolveRun(cwd, record)).path, 'record.ndjson');
}
