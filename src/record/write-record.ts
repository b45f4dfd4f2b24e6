import { close, constants, fstatSync, fsync, openSync, write, writeSync } from 'node:fs';
import { setImmediate as yieldToOthers, setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { ArchParityError, errorMessage, type RunEvent } from '../core/index.ts';
import { AttemptLedger } from './attempt-ledger.ts';
import type { Redactor } from './redact-event.ts';
import type { LinePlace } from './read-record.ts';
import { stripAttempts } from './stored-case.ts';

const writeAsync = promisify(write);
const fsyncAsync = promisify(fsync);
const closeAsync = promisify(close);

/** What nobody has to wait for: it is no result. */
const BEGINNINGS: ReadonlySet<RunEvent['type']> = new Set(['case-started', 'attempt-started']);
const SOON_MS = 50;

export interface RecordWriter {
  /**
   * Writes one event as one line. Resolves when the kernel has the line: a finished attempt or case
   * survives `kill -9` of this process from then on (a power cut only after {@link close}). That
   * something began is written with the next line, at the latest 50 ms later, and not waited for. Lines
   * keep the order of the calls, awaited or not.
   * @returns where the line stands, or will, in a file that was empty when the record was opened
   * @throws ArchParityError `RECORD_WRITE_FAILED` (exit 3), again on every later call
   */
  append(event: RunEvent): Promise<LinePlace>;
  /**
   * Waits for all lines, flushes them to the disk and closes the file (a file descriptor that was
   * passed in stays open). A second call does nothing.
   * @throws ArchParityError `RECORD_WRITE_FAILED` (exit 3)
   */
  close(): Promise<void>;
}

export interface RecordWriterOptions {
  /** Removes secrets before anything is written. */
  readonly redact?: Pick<Redactor, 'redactEvent'>;
}

/**
 * Opens a record for writing; an older file of that name is replaced.
 * @throws ArchParityError `RECORD_WRITE_FAILED` (exit 3)
 */
export function createRecordWriter(
  target: string | { readonly fd: number },
  options: RecordWriterOptions = {},
): RecordWriter {
  const owned = typeof target === 'string';
  const name = owned ? target : `file descriptor ${target.fd}`;
  const fd = owned ? openRecord(target) : target.fd;
  // Handing a line of a few hundred bytes to the page cache takes less than asking a thread to do it.
  // A pipe may make its writer wait, which must not hold up everything else.
  const writeLines = isRegularFile(fd) ? writeWholeNow : writeWhole;
  const ledger = new AttemptLedger();
  // The last write. Once it fails, every later one fails with the same error.
  let tail: Promise<void> = Promise.resolve();
  // Lines that wait for the write in progress, or for one to begin; they go out together in one system call.
  let waiting: string[] = [];
  let next: Promise<void> | undefined;
  let alarm: NodeJS.Timeout | undefined;
  let closing: Promise<void> | undefined;
  let offset = 0;

  function writeWaiting(): void {
    clearTimeout(alarm);
    alarm = undefined;
    if (next !== undefined) return;
    next = tail.then(async () => {
      const lines = waiting;
      waiting = [];
      next = undefined;
      if (lines.length > 0) await writeLines(fd, Buffer.from(lines.join('')), name);
    });
    // Whoever appended or closes is told; the chain itself must not be an unhandled rejection.
    next.catch(() => undefined);
    tail = next;
  }

  return {
    async append(event) {
      if (closing !== undefined) throw new Error('The record is closed.');
      const line = formatLine(options.redact?.redactEvent(event) ?? event, ledger);
      waiting.push(line);
      const place = { offset, length: Buffer.byteLength(line) - 1 };
      offset += place.length + 1;
      if (!BEGINNINGS.has(event.type)) writeWaiting();
      else if (next === undefined) alarm ??= setTimeout(writeWaiting, SOON_MS);
      // Without a write of its own it still comes after what was appended before.
      await tail;
      return place;
    },
    close() {
      if (closing === undefined) {
        writeWaiting();
        closing = closeRecord({ fd, owned, name, tail });
      }
      return closing;
    },
  };
}

/** One line. `type` comes first, so that the first bytes of a file tell whether it is a record. */
function formatLine(event: RunEvent, ledger: AttemptLedger): string {
  const { type, ...rest } = event;
  if (event.type === 'attempt-finished') ledger.add(event);
  if (event.type === 'case-finished') {
    const result = stripAttempts(event.result, ledger.take(event.result.definition.id));
    return `${JSON.stringify({ type, ...rest, result })}\n`;
  }
  return `${JSON.stringify({ type, ...rest })}\n`;
}

function openRecord(file: string): number {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_APPEND } = constants;
  try {
    return openSync(file, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o666);
  } catch (thrown) {
    throw writeFailed(file, thrown);
  }
}

function isRegularFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    // The first write says what is wrong with it.
    return false;
  }
}

async function writeWholeNow(fd: number, bytes: Buffer, name: string): Promise<void> {
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
  } catch (thrown) {
    throw writeFailed(name, thrown);
  }
  // Whoever appends in a loop must not keep the others from their turn.
  await yieldToOthers();
}

async function writeWhole(fd: number, bytes: Buffer, name: string): Promise<void> {
  let offset = 0;
  while (offset < bytes.length) {
    try {
      const { bytesWritten } = await writeAsync(fd, bytes, offset, bytes.length - offset, null);
      offset += bytesWritten;
    } catch (thrown) {
      // A pipe that somebody made non-blocking is full: its reader is slow, not gone.
      if (errorCode(thrown) !== 'EAGAIN') throw writeFailed(name, thrown);
      await sleep(5);
    }
  }
}

async function closeRecord(record: {
  readonly fd: number;
  readonly owned: boolean;
  readonly name: string;
  readonly tail: Promise<void>;
}): Promise<void> {
  try {
    await record.tail;
    await fsyncAsync(record.fd).catch((thrown: unknown) => {
      // Pipes, sockets and terminals cannot be flushed to a disk (fsync(2): EINVAL, EROFS).
      if (!['EINVAL', 'EROFS', 'ENOTSUP'].includes(errorCode(thrown))) {
        throw writeFailed(record.name, thrown);
      }
    });
  } finally {
    if (record.owned) await closeAsync(record.fd);
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'Free space on that file system, or choose another place for the record.',
  EDQUOT: 'Your disk quota is used up: free space, or choose another place for the record.',
  EIO: 'The disk reported an error: look at the kernel log, and choose another place for the record.',
  ENOENT: 'Create the directory first, or choose another place for the record.',
  EACCES: 'Make the file writable, or choose another place for the record.',
  EROFS: 'That file system is read-only: choose another place for the record.',
  EPIPE: 'The program that reads the record has ended.',
};

function writeFailed(name: string, cause: unknown): ArchParityError {
  return new ArchParityError({
    code: 'RECORD_WRITE_FAILED',
    message: `The record ${name} cannot be written: ${errorMessage(cause)}.`,
    advice: ADVICE[errorCode(cause)] ?? 'Choose another place for the record.',
    cause,
  });
}

function errorCode(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : '';
}
