import {
  fileOffset,
  notDerivable,
  PT_DYNAMIC,
  PT_INTERP,
  readDynamic,
  readProgramHeaders,
} from './elf-program.ts';

/**
 * Makes a dynamically linked program find its loader and its libraries in one directory, wherever it is executed:
 * a handler's interpreter is opened when it is registered, but what it is linked with is looked for in the root of
 * the program that it runs.
 */

/** What the directory's loader is called. */
export const LOADER_NAME = 'ld.so';

const DT_STRTAB = 5n;
const DT_STRSZ = 10n;
/** Unlike DT_RUNPATH it holds for the libraries of libraries, too (ld.so(8)). */
const DT_RPATH = 15n;
const DT_RUNPATH = 29n;

interface Place {
  readonly offset: bigint;
  readonly address: bigint;
}

/**
 * Changes `elf`.
 * @param place - where the bytes that are given back will be mapped
 * @returns the strings that it refers to
 * @throws ArchParityError `QEMU_NOT_DERIVABLE` for a program that is not dynamically linked
 */
export function useOwnLibraries(elf: Buffer, directory: string, place: Place): Buffer {
  const headers = readProgramHeaders(elf);
  const interpreter = headers.find(({ type }) => type === PT_INTERP);
  const section = headers.find(({ type }) => type === PT_DYNAMIC);
  if (interpreter === undefined || section === undefined)
    throw notDerivable('it is not dynamically linked');
  const { entries, end, room } = readDynamic(elf, section);
  const valueAt = (tag: bigint): number | undefined =>
    entries.find((entry) => entry.tag === tag)?.valueAt;
  const table = valueAt(DT_STRTAB);
  const size = valueAt(DT_STRSZ);
  if (table === undefined || size === undefined) throw notDerivable('it has no table of strings');
  const length = Number(elf.readBigUInt64LE(size));
  const start = fileOffset(elf, headers, elf.readBigUInt64LE(table), length);
  if (start === undefined) throw notDerivable('its table of strings is damaged');
  // An entry of its own needs room before the end, which linkers leave.
  const entry = (valueAt(DT_RUNPATH) ?? valueAt(DT_RPATH) ?? (room > 1 ? end + 8 : 0)) - 8;
  if (entry < 0) throw notDerivable('its dynamic section has no room');

  const loader = Buffer.from(`${directory}/${LOADER_NAME}\0`);
  const path = Buffer.from(`${directory}\0`);
  elf.writeBigInt64LE(DT_RPATH, entry);
  elf.writeBigUInt64LE(BigInt(length), entry + 8);
  elf.writeBigUInt64LE(place.address + BigInt(loader.length), table);
  elf.writeBigUInt64LE(BigInt(length + path.length), size);
  const bytes = BigInt(loader.length);
  [place.offset, place.address, place.address, bytes, bytes, 1n].forEach((value, index) => {
    elf.writeBigUInt64LE(value, interpreter.at + 8 + 8 * index);
  });
  return Buffer.concat([loader, elf.subarray(start, start + length), path]);
}
