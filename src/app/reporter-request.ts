import { resolve } from 'node:path';
import { usageError } from '../core/index.ts';
import { parseReporterName } from '../report/index.ts';
import { reportersFor, type CiSystem } from './ci-system.ts';
import { isSameFile } from './is-same-file.ts';
import type { ReporterRequest } from './open-reports.ts';

/**
 * Reads `NAME` or `NAME=FILE`, with names of the caller's.
 * @throws ArchParityError `REPORTER_FILE_EMPTY` (exit 2), and as `parseName`
 */
export function parseNameAndFile<Name extends string>(
  text: string,
  parseName: (text: string) => Name,
): { readonly name: Name; readonly file?: string } {
  const at = text.indexOf('=');
  if (at < 0) return { name: parseName(text) };
  const file = text.slice(at + 1);
  if (file === '') {
    throw usageError(
      'REPORTER_FILE_EMPTY',
      `The reporter "${text}" names no file.`,
      'Write NAME=FILE.',
    );
  }
  return { name: parseName(text.slice(0, at)), file: resolve(file) };
}

/**
 * Reads `NAME` or `NAME=FILE`.
 * @throws ArchParityError `REPORTER_UNKNOWN`, `REPORTER_FILE_EMPTY` (exit 2)
 */
export function parseReporterRequest(text: string): ReporterRequest {
  return parseNameAndFile(text, parseReporterName);
}

interface ReporterDefaults {
  /** `taken`: the caller prints there itself, and no reporter may. */
  readonly stdout?: 'free' | 'taken';
  /** Comes where no reporter was asked for. `live` does too where all that were write to files. */
  readonly standard?: 'live' | 'text';
  /** Whose job this is: what that shows comes besides where no reporter was asked for. */
  readonly ci?: CiSystem;
}

/**
 * Reads all reporters of a command, and adds what nobody had to ask for.
 * @throws ArchParityError `REPORTERS_ON_STDOUT`, `REPORTER_FILE_TWICE` (exit 2) when two would write to
 *   one place, and as `parseReporterRequest`
 */
export function parseReporterRequests(
  texts: readonly string[],
  { stdout = 'free', standard = 'live', ci }: ReporterDefaults = {},
): ReporterRequest[] {
  const taken = stdout === 'taken';
  if (texts.length === 0 && !taken)
    return [{ name: standard }, ...(ci === undefined ? [] : reportersFor(ci))];
  const requests = texts.map(parseReporterRequest);
  const onStdout = requests.filter(({ file }) => file === undefined);
  if (onStdout.length + Number(taken) > 1) {
    const names = [...(taken ? ['--json'] : []), ...onStdout.map(({ name }) => name)].join(' and ');
    throw usageError(
      'REPORTERS_ON_STDOUT',
      `${names} both write to stdout.`,
      'Write NAME=FILE for one of them.',
    );
  }
  refuseSameFile(requests);
  const isShown = onStdout.length > 0 || taken || standard !== 'live';
  return isShown ? requests : [...requests, { name: standard }];
}

/**
 * Two outputs in one file would overwrite each other.
 * @param record Path of the record, when it has one of its own
 * @throws ArchParityError `REPORTER_FILE_TWICE` (exit 2)
 */
export function refuseSameFile(
  requests: readonly { readonly name: string; readonly file?: string }[],
  record?: string,
): void {
  const writers = new Map<string, string>(record === undefined ? [] : [[record, 'the record']]);
  for (const { name, file } of requests) {
    if (file === undefined) continue;
    const other = writers.get(file);
    if (other !== undefined && !isDevice(file)) {
      throw usageError(
        'REPORTER_FILE_TWICE',
        `The reporter ${name} and ${other} would both write ${file}.`,
        'Name a file for each.',
      );
    }
    writers.set(file, `the reporter ${name}`);
  }
}

/**
 * A report is begun before all of a record has been read, and empties its file.
 * @param records Paths of records that are read meanwhile
 * @throws ArchParityError `REPORTER_OVERWRITES` (exit 2)
 */
export function refuseRecords(
  requests: readonly { readonly name: string; readonly file?: string }[],
  records: readonly string[],
): void {
  for (const { name, file } of requests) {
    if (file === undefined || !records.some((record) => isSameFile(record, file))) continue;
    throw usageError(
      'REPORTER_OVERWRITES',
      `The reporter ${name} would replace ${file}, which is a record that is read.`,
      'Name another file.',
    );
  }
}

/** /dev/null takes any number of reports. */
function isDevice(file: string): boolean {
  return file.startsWith('/dev/');
}
