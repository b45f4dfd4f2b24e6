import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ArchParityError } from '../core/index.ts';
import { surveyRecord } from '../record/index.ts';
import type { EarlierRun } from './carry-over.ts';
import { findRecordFile, refusePipe } from './find-record.ts';

interface EarlierRequest {
  readonly cwd: string;
  /** A record whose finished cases are carried over. */
  readonly resume?: string;
  /** A record whose cases that went well are carried over. */
  readonly rerunFailed?: string;
  /** Absolute path of the record of this run. */
  readonly record?: string;
  readonly terminal: { readonly quiet: boolean };
  /** Tells a person something beside the reports. */
  readonly say: (text: string) => void;
}

/**
 * The run of which this one is the rest. One that is to go on in its own record may not have begun: then this
 * is its beginning, so that a job can be started again with the same words.
 * @throws ArchParityError for a record that is not there or cannot be read
 */
export async function readEarlier(request: EarlierRequest): Promise<EarlierRun | undefined> {
  const { cwd, resume, rerunFailed, say, terminal } = request;
  const named = resume ?? rerunFailed;
  if (named === undefined) return undefined;
  const isOwn = resume !== undefined && resolve(cwd, resume) === request.record;
  if (isOwn && !existsSync(resolve(cwd, resume))) return undefined;
  // One of its own is that file, and no run's id, whatever it is called.
  const file = isOwn ? refusePipe(resolve(cwd, named)) : await findRecordFile(named, cwd);
  const record = await surveyRecord(file).catch((error: unknown) => {
    if (isOwn && error instanceof ArchParityError && error.code === 'RECORD_EMPTY')
      return undefined;
    throw error;
  });
  if (record === undefined) return undefined;
  return {
    record,
    repeatsFailed: resume === undefined,
    onCarried: (count, total) => {
      if (!terminal.quiet)
        say(`archparity: ${count} of ${total} cases are carried over from ${isOwn ? named : file}`);
    },
  };
}
