import type { ByteSource } from '../elf-reader.ts';

/** Headers, string tables and notes lie in here, but for programs that are bigger than most images. */
const KEPT_BYTES = 32 * 1024 * 1024;

/** Bytes of a file that pass by, kept so that its headers can be read at its end. */
export interface PassingBytes {
  push(chunk: Buffer): void;
  readonly source: ByteSource;
}

/**
 * Keeps the chunks of a stream as they are, without copying them, up to {@link KEPT_BYTES}. What lies
 * behind reads as missing, which the readers of headers take for a stripped part.
 *
 * @param size - bytes of the whole file
 */
export function keepPassingBytes(label: string, size: number): PassingBytes {
  const chunks: Buffer[] = [];
  let kept = 0;
  const read = (offset: number, length: number): Buffer => {
    const end = Math.min(offset + length, kept);
    const parts: Buffer[] = [];
    let start = 0;
    for (const chunk of chunks) {
      const from = Math.max(offset, start);
      const to = Math.min(end, start + chunk.length);
      if (from < to) parts.push(chunk.subarray(from - start, to - start));
      start += chunk.length;
      if (start >= end) break;
    }
    const [first] = parts;
    return parts.length === 1 && first !== undefined ? first : Buffer.concat(parts);
  };
  return {
    push: (chunk) => {
      if (kept >= KEPT_BYTES) return;
      chunks.push(chunk);
      kept += chunk.length;
    },
    source: { label, size, read },
  };
}
