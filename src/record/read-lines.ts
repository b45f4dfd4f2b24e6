import { createReadStream } from 'node:fs';

const NEWLINE = 0x0a;

/** One line of a file, without its newline. */
export interface FileLine {
  /** From 1. */
  readonly number: number;
  /** Bytes before it in the file. */
  readonly offset: number;
  readonly bytes: Buffer;
  /** False for a last line that no newline ends. */
  readonly terminated: boolean;
}

/**
 * The lines of a file one after the other, as bytes: a line that was cut inside a UTF-8 sequence
 * must not look like other text. Holds one line and one chunk at a time.
 * @throws what `fs` throws (`ENOENT`, `EISDIR`, `EIO`, …)
 */
export async function* readLines(file: string): AsyncGenerator<FileLine> {
  let number = 1;
  let offset = 0;
  let parts: Buffer[] = [];
  const stream: AsyncIterable<Buffer> = createReadStream(file, { highWaterMark: 256 * 1024 });
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const last = chunk.subarray(start, end);
      const bytes = parts.length === 0 ? last : Buffer.concat([...parts, last]);
      yield { number, offset, bytes, terminated: true };
      offset += bytes.length + 1;
      number += 1;
      parts = [];
      start = end + 1;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
    // A huge file without a newline is no record: let the caller see it before it fills the memory.
    if (number === 1 && parts[0] !== undefined && parts[0][0] !== 0x7b) break;
  }
  if (parts.length > 0) yield { number, offset, bytes: Buffer.concat(parts), terminated: false };
}
