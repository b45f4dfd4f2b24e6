import { closeSync, constants, openSync, readSync } from 'node:fs';

/** A `#!` line is cut there by Linux (BINPRM_BUF_SIZE). */
const HEAD_BYTES = 256;

/**
 * A function that gives the first bytes of a file as Latin-1, or `undefined` when it cannot be read.
 * It never follows a link and never waits for a pipe; one buffer serves all files.
 */
export function createHeadReader(): (hostPath: string) => string | undefined {
  const buffer = Buffer.alloc(HEAD_BYTES);
  return (hostPath) => {
    try {
      const fd = openSync(
        hostPath,
        constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
      );
      try {
        return buffer.toString('latin1', 0, readSync(fd, buffer, 0, HEAD_BYTES, 0));
      } finally {
        closeSync(fd);
      }
    } catch {
      return undefined;
    }
  };
}
