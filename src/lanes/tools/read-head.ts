import { closeSync, openSync, readSync } from 'node:fs';

/** The first characters of a file; fewer where it is shorter or cannot be read. */
export function readHead(file: string, length: number): string {
  try {
    const fd = openSync(file, 'r');
    try {
      const buffer = Buffer.alloc(length);
      return buffer.subarray(0, readSync(fd, buffer, 0, length, 0)).toString('latin1');
    } finally {
      closeSync(fd);
    }
  } catch {
    return '';
  }
}
