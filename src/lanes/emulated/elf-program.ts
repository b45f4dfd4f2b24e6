import { ArchParityError } from '../../core/index.ts';

/** What of an ELF program the kernel and the C library read when it starts (gABI, chapter 5). */

export const PT_LOAD = 1;
export const PT_DYNAMIC = 2;
export const PT_INTERP = 3;
export const PT_NOTE = 4;

const HEADER_BYTES = 64;
export const PROGRAM_HEADER_BYTES = 56;

/** Addresses are those that the linker gave. */
export interface ProgramHeader {
  /** Offset of the header itself in the file, bytes. */
  readonly at: number;
  readonly type: number;
  readonly offset: bigint;
  readonly address: bigint;
  readonly fileBytes: bigint;
  readonly memoryBytes: bigint;
}

/** For a file of which no copy with fixed arguments can be made. */
export function notDerivable(reason: string): ArchParityError {
  return new ArchParityError({
    code: 'QEMU_NOT_DERIVABLE',
    message: `A QEMU with fixed arguments cannot be derived: ${reason}.`,
    advice: 'Use another qemu-user build (Debian: qemu-user-static), or binfmt=prefix.',
  });
}

/** @throws ArchParityError `QEMU_NOT_DERIVABLE` for anything but a 64-bit little-endian ELF file */
export function requireElf64(bytes: Buffer): void {
  const isElf = bytes.length >= HEADER_BYTES && bytes.readUInt32BE(0) === 0x7f454c46;
  if (!isElf || bytes[4] !== 2 || bytes[5] !== 1)
    throw notDerivable('it is not a 64-bit little-endian ELF file');
}

/** @throws ArchParityError `QEMU_NOT_DERIVABLE` when they do not lie in the file */
export function readProgramHeaders(elf: Buffer): ProgramHeader[] {
  const offset = Number(elf.readBigUInt64LE(32));
  const size = elf.readUInt16LE(54);
  const count = elf.readUInt16LE(56);
  if (size !== PROGRAM_HEADER_BYTES || offset + size * count > elf.length)
    throw notDerivable('its program headers are damaged');
  return Array.from({ length: count }, (_, index) => {
    const at = offset + size * index;
    return {
      at,
      type: elf.readUInt32LE(at),
      offset: elf.readBigUInt64LE(at + 8),
      address: elf.readBigUInt64LE(at + 16),
      fileBytes: elf.readBigUInt64LE(at + 32),
      memoryBytes: elf.readBigUInt64LE(at + 40),
    };
  });
}

/** An entry of the dynamic section (gABI, chapter 5), which the loader reads. */
export interface DynamicEntry {
  readonly tag: bigint;
  /** Offset in the file of its value; of its tag 8 bytes before. */
  readonly valueAt: number;
}

const DT_NULL = 0n;
const DYNAMIC_ENTRY_BYTES = 16;

/** The entries before the first DT_NULL, and how many entries there is room for from there on (the end is one). */
export function readDynamic(
  elf: Buffer,
  { offset, fileBytes }: ProgramHeader,
): { readonly entries: readonly DynamicEntry[]; readonly end: number; readonly room: number } {
  const entries: DynamicEntry[] = [];
  const last = Math.min(Number(offset + fileBytes), elf.length);
  let at = Number(offset);
  for (; at + DYNAMIC_ENTRY_BYTES <= last; at += DYNAMIC_ENTRY_BYTES) {
    const tag = elf.readBigInt64LE(at);
    if (tag === DT_NULL) break;
    entries.push({ tag, valueAt: at + 8 });
  }
  return { entries, end: at, room: Math.floor((last - at) / DYNAMIC_ENTRY_BYTES) };
}

/**
 * Where in the file the `length` bytes at an address lie; `undefined` when they are in no segment's file part,
 * or the file ends before.
 */
export function fileOffset(
  elf: Buffer,
  headers: readonly ProgramHeader[],
  address: bigint,
  length: number,
): number | undefined {
  const header = headers.find(
    ({ type, address: first, fileBytes }) =>
      type === PT_LOAD && first <= address && address + BigInt(length) <= first + fileBytes,
  );
  if (header === undefined) return undefined;
  const offset = Number(address - header.address + header.offset);
  return offset + length <= elf.length ? offset : undefined;
}
