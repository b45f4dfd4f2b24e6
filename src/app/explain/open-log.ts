import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errorMessage, usageError } from '../../core/index.ts';

/** `explain <(docker logs app)`: what a shell opened has a writer, and its end is the end of the log. */
const OPENED_BY_SHELL = /^\/(?:dev\/(?:fd\/|stdin$)|proc\/self\/fd\/)/;
const CHUNK_BYTES = 1024 * 1024;

/** First bytes of files that hold a log but are none, and what prints it. */
const COMPRESSED: readonly (readonly [magic: string, command: string])[] = [
  ['1f8b', 'zcat'],
  ['504b0304', 'unzip -p'],
  ['28b52ffd', 'zstdcat'],
  ['fd377a58', 'xzcat'],
  ['425a68', 'bzcat'],
];

export interface OpenLogOptions {
  readonly log: string;
  readonly cwd: string;
  readonly input: AsyncIterable<Buffer | string>;
}

/**
 * The bytes of a log, piece by piece.
 * @throws ArchParityError `LOG_UNREADABLE`, `LOG_COMPRESSED` (exit 2)
 */
export async function* openLog({ log, cwd, input }: OpenLogOptions): AsyncGenerator<Buffer> {
  const source = log === '-' ? input : await openFile(log, resolve(cwd, log));
  let first = true;
  try {
    for await (const piece of source) {
      const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece;
      if (first) refuseCompressed(log, chunk);
      first = false;
      yield chunk;
    }
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw unreadable(log, errorMessage(error));
    throw error;
  }
}

async function openFile(log: string, path: string): Promise<AsyncIterable<Buffer>> {
  const facts = await stat(path).catch((error: unknown) => {
    throw unreadable(log, errorMessage(error));
  });
  // A fifo without a writer would be waited for.
  if (!facts.isFile() && !OPENED_BY_SHELL.test(path))
    throw unreadable(log, facts.isDirectory() ? 'it is a directory' : 'it is no regular file');
  return createReadStream(path, { highWaterMark: CHUNK_BYTES });
}

function unreadable(log: string, reason: string): Error {
  return usageError(
    'LOG_UNREADABLE',
    `The log ${log} cannot be read: ${reason}.`,
    'Name a file, or - for what is piped in.',
  );
}

function refuseCompressed(log: string, chunk: Buffer): void {
  const start = chunk.subarray(0, 4).toString('hex');
  const found = COMPRESSED.find(([magic]) => start.startsWith(magic));
  if (found === undefined) return;
  throw usageError(
    'LOG_COMPRESSED',
    `${log === '-' ? 'What is piped in' : `The log ${log}`} is compressed.`,
    `Unpack it on the way: ${found[1]} ${log === '-' ? 'LOG' : log} | archparity explain -`,
  );
}
