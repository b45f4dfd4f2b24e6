import {
  ArchParityError,
  errorMessage,
  ExitCode,
  RECORD_VERSION,
  type RunEvent,
  usageError,
} from '../core/index.ts';
import { AttemptLedger } from './attempt-ledger.ts';
import { parseEvent } from './parse-event.ts';
import { type FileLine, readLines } from './read-lines.ts';
import { restoreAttempts } from './stored-case.ts';

/** How every record begins: the writer puts `type` first. */
const RECORD_START = /^\{\s*"type"\s*:\s*"run-started"/;
const RECORD_START_TEXT = '{"type":"run-started"';

/**
 * The events of a record in order, each `case-finished` with its attempts. Memory stays flat: it
 * holds one line and the attempts of cases in flight. A last line that was cut in the middle (the
 * run was killed) gives a `warning` event in its place; lines of event types that this version does
 * not know are passed over.
 * @throws ArchParityError `RECORD_NOT_FOUND`, `RECORD_INVALID` (with the line), `RECORD_TOO_NEW`
 *   (exit 2), `RECORD_READ_FAILED` (exit 3)
 */
export async function* readRecord(file: string): AsyncGenerator<RunEvent> {
  for await (const { event } of readLocated(file)) yield event;
}

/** Where a line of a record stands, in bytes. */
export interface LinePlace {
  readonly offset: number;
  readonly length: number;
}

/** An event of a record, and where its line stands. */
export interface LocatedEvent {
  readonly event: RunEvent;
  readonly place: LinePlace;
  /** It stands for what the record lacks. */
  readonly isCut?: true;
}

/** {@link readRecord} with the place of each event's line. */
export async function* readLocated(file: string): AsyncGenerator<LocatedEvent> {
  const ledger = new AttemptLedger();
  let lastAt = new Date(0).toISOString();
  let lines = 0;
  for await (const line of readRecordLines(file)) {
    lines = line.number;
    const place = { offset: line.offset, length: line.bytes.length };
    const parsed = parseLine(file, line);
    if (parsed === 'cut') {
      const event = cutWarning(lastAt, `The record ends in the middle of line ${line.number}.`);
      yield { event, place, isCut: true };
      return;
    }
    if (line.number === 1) checkStart(file, parsed.raw);
    const { event } = parsed;
    if (event === undefined) continue;
    lastAt = event.at;
    if (event.type === 'attempt-finished') ledger.add(event);
    if (event.type === 'case-finished') {
      const recorded = ledger.take(event.result.definition.id);
      yield { event: { ...event, result: restoreAttempts(event.result, recorded) }, place };
    } else yield { event, place };
  }
  if (lines === 0) {
    const event = cutWarning(lastAt, 'The record is empty.');
    yield { event, place: { offset: 0, length: 0 }, isCut: true };
  }
}

function parseLine(file: string, line: FileLine): 'cut' | ReturnType<typeof parseEvent> {
  const text = line.bytes.toString('utf8');
  if (line.number === 1 && !startsLikeRecord(text, line.terminated)) {
    throw invalid(file, 1, 'it does not start with a run-started event');
  }
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    // A strict prefix of a JSON object never parses, so an unterminated line that does is whole.
    if (!line.terminated) return 'cut';
    throw invalid(file, line.number, 'it is not JSON');
  }
  try {
    return parseEvent(raw);
  } catch (thrown) {
    throw invalid(file, line.number, errorMessage(thrown));
  }
}

function startsLikeRecord(text: string, terminated: boolean): boolean {
  return RECORD_START.test(text) || (!terminated && RECORD_START_TEXT.startsWith(text));
}

function checkStart(file: string, raw: Readonly<Record<string, unknown>>): void {
  const version = raw['recordVersion'];
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw invalid(file, 1, 'its recordVersion is not a number');
  }
  if (version > RECORD_VERSION) {
    throw usageError(
      'RECORD_TOO_NEW',
      `The record ${file} has version ${version}; this archparity reads up to ${RECORD_VERSION}.`,
      'Use the archparity that wrote it, or a newer one.',
    );
  }
}

async function* readRecordLines(file: string): AsyncGenerator<FileLine> {
  try {
    yield* readLines(file);
  } catch (thrown) {
    throw readFailed(file, thrown);
  }
}

function cutWarning(at: string, message: string): RunEvent {
  return {
    type: 'warning',
    at,
    message,
    advice: 'The run that wrote it was killed: what it finished before is here, the rest is not.',
  };
}

function invalid(file: string, line: number, why: string): ArchParityError {
  return usageError(
    'RECORD_INVALID',
    `${file}:${line} is not a line of a record: ${why}.`,
    'Give a record that archparity wrote (.archparity/runs/ID/, or the file of --record).',
  );
}

function readFailed(file: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('code' in cause)) return cause;
  if (cause.code === 'ENOENT') {
    return usageError('RECORD_NOT_FOUND', `There is no record ${file}.`, 'Check the path.');
  }
  return new ArchParityError({
    code: 'RECORD_READ_FAILED',
    message: `The record ${file} cannot be read: ${cause.message}.`,
    advice: 'Check the path and its permissions.',
    cause,
    exitCode: cause.code === 'EISDIR' ? ExitCode.usage : ExitCode.environment,
  });
}
