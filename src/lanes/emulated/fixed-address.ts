import {
  fileOffset,
  PROGRAM_HEADER_BYTES,
  PT_DYNAMIC,
  PT_INTERP,
  PT_LOAD,
  readDynamic,
  readProgramHeaders,
  type ProgramHeader,
} from './elf-program.ts';

/**
 * Gives a static position-independent program of x86-64 a fixed address and applies its relocations in the file.
 *
 * Debian's qemu-user-static relocates itself at every start: 94,000 pointers, for which the kernel copies some
 * 430 pages, a fifth of the time that a short guest program takes. What is relocated in the file is mapped
 * from the page cache instead.
 */

/**
 * Where Linux puts nothing by itself: above the position-independent programs and their heap (0x5555…, 1 TB at
 * most: `ELF_ET_DYN_BASE`, `arch_mmap_rnd`), below the libraries and the stack (0x7e…), and beside what
 * sanitizers map at addresses of their own (0x50…, 0x60…: compiler-rt, sanitizer_allocator).
 */
export const FIXED_BASE = 0x5a00_0000_0000n;

const EM_X86_64 = 0x3e;
const ET_EXEC = 2;
const ET_DYN = 3;
const R_X86_64_RELATIVE = 8n;
const RELA_BYTES = 24;

const DT_RELA = 7n;
const DT_RELASZ = 8n;
const DT_RELR = 36n;
const DT_RELACOUNT = 0x6ffffff9n;

interface Relocation {
  /** Offset in the file of what is relocated. */
  readonly at: number;
  readonly value: bigint;
}

interface Relocations {
  readonly relative: readonly Relocation[];
  /** Offsets in the file of the values of DT_RELA, DT_RELASZ and, when it is there, DT_RELACOUNT. */
  readonly table: number;
  readonly bytes: number;
  readonly count?: number;
}

/** The relative relocations, which linkers sort to the front; `undefined` when that is not so here. */
function readRelocations(
  elf: Buffer,
  headers: readonly ProgramHeader[],
  dynamic: ProgramHeader,
): Relocations | undefined {
  const values = new Map(
    readDynamic(elf, dynamic).entries.map(({ tag, valueAt }) => [tag, valueAt]),
  );
  const table = values.get(DT_RELA);
  const bytes = values.get(DT_RELASZ);
  if (table === undefined || bytes === undefined || values.has(DT_RELR)) return undefined;
  const length = Number(elf.readBigUInt64LE(bytes));
  const start = fileOffset(elf, headers, elf.readBigUInt64LE(table), length);
  if (start === undefined) return undefined;
  const relative: Relocation[] = [];
  for (let at = start; at + RELA_BYTES <= start + length; at += RELA_BYTES) {
    if (elf.readBigUInt64LE(at + 8) !== R_X86_64_RELATIVE) break;
    const place = fileOffset(elf, headers, elf.readBigUInt64LE(at), 8);
    if (place === undefined) return undefined;
    const value = BigInt.asUintN(64, FIXED_BASE + elf.readBigInt64LE(at + 16));
    relative.push({ at: place, value });
  }
  const count = values.get(DT_RELACOUNT);
  return { relative, table, bytes, ...(count === undefined ? {} : { count }) };
}

function addTo(elf: Buffer, at: number, value: bigint): void {
  elf.writeBigUInt64LE(elf.readBigUInt64LE(at) + value, at);
}

/**
 * Changes `elf` so that the kernel maps it at {@link FIXED_BASE}, relocated.
 *
 * The C library finds its load address by itself and adds it to the addresses in the program headers, so it must be
 * shown the headers as the linker wrote them: the caller puts them into the program and AT_PHDR on them.
 * @returns those headers, one after the other; `undefined` (and `elf` unchanged) for a program that has an
 *   address, an interpreter, or relocations of another form
 */
export function fixAddress(elf: Buffer): Buffer | undefined {
  if (elf.readUInt16LE(18) !== EM_X86_64 || elf.readUInt16LE(16) !== ET_DYN) return undefined;
  const headers = readProgramHeaders(elf);
  const dynamic = headers.find(({ type }) => type === PT_DYNAMIC);
  const [first] = headers;
  if (first === undefined || dynamic === undefined) return undefined;
  if (headers.some(({ type }) => type === PT_INTERP)) return undefined;
  const relocations = readRelocations(elf, headers, dynamic);
  if (relocations === undefined) return undefined;

  const shown = Buffer.from(
    elf.subarray(first.at, first.at + PROGRAM_HEADER_BYTES * headers.length),
  );
  for (const { at, value } of relocations.relative) elf.writeBigUInt64LE(value, at);
  // What is left for the C library: the functions that it chooses by the processor.
  const done = BigInt(RELA_BYTES * relocations.relative.length);
  addTo(elf, relocations.table, done);
  addTo(elf, relocations.bytes, -done);
  if (relocations.count !== undefined) elf.writeBigUInt64LE(0n, relocations.count);
  elf.writeUInt16LE(ET_EXEC, 16);
  addTo(elf, 24, FIXED_BASE);
  for (const { at } of headers.filter(({ type }) => type === PT_LOAD)) {
    addTo(elf, at + 16, FIXED_BASE);
    addTo(elf, at + 24, FIXED_BASE);
  }
  return shown;
}
