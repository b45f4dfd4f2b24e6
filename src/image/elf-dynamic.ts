import type { ByteSource } from './elf-reader.ts';
import type { Segment, WordReader } from './elf-words.ts';

/** What the dynamic section says to the loader. */
export interface DynamicFacts {
  /** DT_NEEDED: names of libraries, in the order of the file. */
  readonly needed: readonly string[];
  /** DT_RUNPATH (else DT_RPATH) split at colons, `$ORIGIN` not replaced. */
  readonly runpath: readonly string[];
  /** DT_SONAME. */
  readonly soname?: string;
}

const DT_NULL = 0;
const DT_NEEDED = 1;
const DT_STRTAB = 5;
const DT_SONAME = 14;
const DT_RPATH = 15;
const DT_RUNPATH = 29;
/** Real sections are some hundred bytes. The limits keep a damaged file from costing memory. */
const MAX_SECTION_BYTES = 64 * 1024;
const MAX_NEEDED = 1024;
const MAX_STRING_BYTES = 4096;

/**
 * Reads the dynamic section. What it points to outside of the file is left out instead of refused:
 * separated debug files (`.debug`) keep the headers without the content.
 */
export function readDynamicSection(
  source: ByteSource,
  segment: Segment | undefined,
  { words, loads }: { readonly words: WordReader; readonly loads: readonly Segment[] },
): DynamicFacts {
  if (segment === undefined || segment.offset >= source.size) return { needed: [], runpath: [] };
  const section = source.read(segment.offset, Math.min(segment.fileSize, MAX_SECTION_BYTES));
  const step = words.bits === 64 ? 8 : 4;
  const neededOffsets: number[] = [];
  const values = new Map<number, number>();
  for (let at = 0; at + 2 * step <= section.length; at += 2 * step) {
    const tag = words.native(section, at);
    const value = words.native(section, at + step);
    if (tag === DT_NULL) break;
    if (tag !== DT_NEEDED) values.set(tag, value);
    else if (neededOffsets.length < MAX_NEEDED) neededOffsets.push(value);
  }
  const table = fileOffset(loads, values.get(DT_STRTAB));
  const readString = (offset: number | undefined): string | undefined =>
    table === undefined || offset === undefined ? undefined : readText(source, table + offset);
  const soname = readString(values.get(DT_SONAME));
  const runpath = readString(values.get(DT_RUNPATH) ?? values.get(DT_RPATH)) ?? '';
  return {
    needed: neededOffsets.flatMap((offset) => readString(offset) ?? []),
    runpath: runpath.split(':').filter((directory) => directory !== ''),
    ...(soname === undefined ? {} : { soname }),
  };
}

/** Where an address of the loaded program lies in the file. */
function fileOffset(loads: readonly Segment[], address: number | undefined): number | undefined {
  if (address === undefined) return undefined;
  const segment = loads.find(
    ({ virtualAddress, fileSize }) =>
      address >= virtualAddress && address < virtualAddress + fileSize,
  );
  return segment === undefined ? undefined : address - segment.virtualAddress + segment.offset;
}

function readText(source: ByteSource, offset: number): string | undefined {
  if (offset >= source.size) return undefined;
  for (const length of [256, MAX_STRING_BYTES]) {
    const bytes = source.read(offset, length);
    const end = bytes.indexOf(0);
    if (end !== -1) return bytes.toString('utf8', 0, end);
  }
  return undefined;
}
