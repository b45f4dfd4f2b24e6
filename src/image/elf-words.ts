import type { ArchParityError } from '../core/index.ts';
import { elfError, type ByteSource } from './elf-reader.ts';

/** One program header, numbers exact up to 2^53. */
export interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly virtualAddress: number;
  readonly fileSize: number;
  readonly align: number;
}

/** Reads numbers in the file's byte order and word size. */
export interface WordReader {
  readonly bits: 32 | 64;
  half(at: Buffer, offset: number): number;
  word(at: Buffer, offset: number): number;
  /** An address or size: 4 or 8 bytes. */
  native(at: Buffer, offset: number): number;
}

/**
 * The word size and byte order of a file, from its first bytes.
 * @throws ArchParityError `ELF_MALFORMED` (exit 2)
 */
export function createWordReader(source: ByteSource, header: Buffer): WordReader {
  const [elfClass, data] = [header[4], header[5]];
  if ((elfClass !== 1 && elfClass !== 2) || (data !== 1 && data !== 2)) {
    throw malformed(source, 'its class or byte order is none that exists');
  }
  const little = data === 1;
  const bits = elfClass === 2 ? 64 : 32;
  const word = (at: Buffer, offset: number): number =>
    little ? at.readUInt32LE(offset) : at.readUInt32BE(offset);
  return {
    bits,
    half: (at, offset) => (little ? at.readUInt16LE(offset) : at.readUInt16BE(offset)),
    word,
    native: (at, offset) => {
      if (bits === 32) return word(at, offset);
      return Number(little ? at.readBigUInt64LE(offset) : at.readBigUInt64BE(offset));
    },
  };
}

/** An ELF file with impossible values in it (exit 2). */
export function malformed(source: ByteSource, what: string): ArchParityError {
  return elfError('ELF_MALFORMED', `${source.label} is damaged: ${what}.`, 'Build it again.');
}
