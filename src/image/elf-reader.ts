import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { ArchParityError, errnoOf, ExitCode } from '../core/index.ts';

/** Random access to the bytes of a program, wherever they are. */
export interface ByteSource {
  /** For messages. */
  readonly label: string;
  /** Bytes. */
  readonly size: number;
  /** Up to `length` bytes from `offset`; fewer at the end. */
  read(offset: number, length: number): Buffer;
}

/** The bytes of a buffer. */
export function bufferSource(buffer: Buffer): ByteSource {
  return {
    label: 'the given bytes',
    size: buffer.length,
    read: (offset, length) => buffer.subarray(offset, offset + length),
  };
}

/** What lies at the start of a file and around it is read at once: most headers are in there. */
const FIRST_READ_BYTES = 2048;

/**
 * Opens a file for reading headers and closes it after `use`.
 * @throws ArchParityError `ELF_NOT_FOUND`, `ELF_IS_DIRECTORY`, `ELF_UNREADABLE` (exit 2)
 */
export function withFileSource<T>(path: string, use: (source: ByteSource) => T): T {
  const fd = openForReading(path);
  try {
    const facts = fstatSync(fd);
    if (facts.isDirectory()) {
      throw elfError('ELF_IS_DIRECTORY', `${path} is a directory.`, 'Name a program in it.');
    }
    if (!facts.isFile()) {
      throw elfError('ELF_UNREADABLE', `${path} is not a regular file.`, 'Name a program.');
    }
    const first = readAt(fd, path, { offset: 0, length: FIRST_READ_BYTES });
    return use({
      label: path,
      size: facts.size,
      read: (offset, length) =>
        offset + length <= first.length || first.length === facts.size
          ? first.subarray(offset, offset + length)
          : readAt(fd, path, { offset, length }),
    });
  } finally {
    closeSync(fd);
  }
}

function openForReading(path: string): number {
  try {
    // Without O_NONBLOCK the open of a FIFO would wait for a writer.
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    const code = errnoOf(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw elfError('ELF_NOT_FOUND', `${path} does not exist.`, 'Check the path.', cause);
    }
    throw elfError(
      'ELF_UNREADABLE',
      `${path} cannot be read (${code}).`,
      'Check its permissions.',
      cause,
    );
  }
}

function readAt(
  fd: number,
  path: string,
  { offset, length }: { readonly offset: number; readonly length: number },
): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  try {
    return buffer.subarray(0, readSync(fd, buffer, 0, length, offset));
  } catch (cause) {
    throw elfError(
      'ELF_UNREADABLE',
      `${path} cannot be read (${errnoOf(cause) ?? 'unknown error'}).`,
      'Check its file system.',
      cause,
    );
  }
}

/** An error about a program that the user named (exit 2). */
export function elfError(
  code: string,
  message: string,
  advice: string,
  cause?: unknown,
): ArchParityError {
  return new ArchParityError({ code, message, advice, cause, exitCode: ExitCode.usage });
}
