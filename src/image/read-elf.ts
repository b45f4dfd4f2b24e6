import { PLATFORMS, platformOfElf, type Platform } from '../core/index.ts';
import { readDynamicSection, type DynamicFacts } from './elf-dynamic.ts';
import { bufferSource, elfError, withFileSource, type ByteSource } from './elf-reader.ts';
import { readGnuProperties, type GnuProperties } from './elf-properties.ts';
import { createWordReader, malformed, type Segment, type WordReader } from './elf-words.ts';
import { recogniseFormat } from './file-magic.ts';

/** What the headers of an ELF file say. Source of all layouts: System V gABI, chapters 4 and 5. */
export interface ElfFacts extends DynamicFacts {
  readonly bits: 32 | 64;
  readonly endianness: 'little' | 'big';
  /** e_machine. */
  readonly machine: number;
  /** e_type: `dyn` is a shared library or a position-independent program. */
  readonly type: 'rel' | 'exec' | 'dyn' | 'core' | 'other';
  /** Absent when the product knows no platform of this machine. */
  readonly platform?: Platform;
  /** PT_INTERP: the loader of a dynamic program. */
  readonly interpreter?: string;
  /** Neither a loader nor libraries: static, static-pie, or a library without dependencies. */
  readonly isStatic: boolean;
  /** e_flags. */
  readonly flags: number;
  /** p_align of each PT_LOAD segment, bytes. */
  readonly loadAlignments: readonly number[];
  /** Whether there is a PT_NOTE segment. */
  readonly hasNote: boolean;
  /** PT_GNU_PROPERTY: what the program asks of a processor, or was built to use. */
  readonly properties: GnuProperties;
  /** Bytes that its PT_LOAD segments reach to, and those that there are. */
  readonly loadedBytes: number;
  readonly fileBytes: number;
}

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const PT_NOTE = 4;
const TYPES = ['other', 'rel', 'exec', 'dyn', 'core'] as const;
/** Real files have about ten; the number is in the file, so it is not to be trusted. */
const MAX_SEGMENTS = 1024;
/** PATH_MAX of Linux. */
const MAX_PATH_BYTES = 4096;

/**
 * Reads the headers of a program or library and nothing else of it.
 *
 * @param program - a path, or bytes that start with the file's first
 * @throws ArchParityError (exit 2) `ELF_NOT_FOUND`, `ELF_IS_DIRECTORY`, `ELF_UNREADABLE`,
 * `ELF_NOT_ELF` (advice by what it is instead), `ELF_TRUNCATED`, `ELF_MALFORMED`
 */
export function readElf(program: string | Buffer): ElfFacts {
  return typeof program === 'string'
    ? withFileSource(program, readElfSource)
    : readElfSource(bufferSource(program));
}

/**
 * The platform of a program.
 * @throws ArchParityError `ELF_UNSUPPORTED_MACHINE` (exit 2)
 */
export function requireElfPlatform(facts: ElfFacts, label: string): Platform {
  if (facts.platform !== undefined) return facts.platform;
  throw elfError(
    'ELF_UNSUPPORTED_MACHINE',
    `${label} is for a machine that is not supported (ELF machine ${facts.machine}, ${facts.bits}-bit ${facts.endianness}-endian).`,
    `Supported are ${PLATFORMS.map((known) => known.platform).join(', ')}.`,
  );
}

/**
 * Refuses a program of which a part is missing: the kernel starts it all the same, and it dies by SIGBUS at
 * the first page that is not there. Not for separate debug files, whose segments are meant to be elsewhere.
 * @throws ArchParityError `ELF_TRUNCATED` (exit 2)
 */
export function requireWholeElf({ fileBytes, loadedBytes }: ElfFacts, label: string): void {
  if (fileBytes >= loadedBytes) return;
  throw elfError(
    'ELF_TRUNCATED',
    `${label} has ${fileBytes} bytes, and its segments reach to ${loadedBytes}.`,
    'Copy or build it again: a part is missing.',
  );
}

/** {@link readElf} for what is open already. */
export function readElfSource(source: ByteSource): ElfFacts {
  const header = source.read(0, 64);
  if (header.toString('latin1', 0, 4) !== '\x7fELF') throw notElf(source, header);
  if (header.length < 52) throw truncated(source, 'its header');
  const words = createWordReader(source, header);
  const { bits } = words;
  if (header.length < (bits === 64 ? 64 : 52)) throw truncated(source, 'its header');

  const machine = words.half(header, 18);
  const endianness = header[5] === 1 ? 'little' : 'big';
  const platform = platformOfElf({ machine, bits, endianness });
  const segments = readSegments(source, header, words);
  const interpreter = readInterpreter(source, segments);
  const dynamic = readDynamicSection(
    source,
    segments.find((segment) => segment.type === PT_DYNAMIC),
    { words, loads: segments.filter((segment) => segment.type === PT_LOAD) },
  );
  return {
    ...dynamic,
    bits,
    endianness,
    machine,
    type: TYPES[words.half(header, 16)] ?? 'other',
    ...(platform === undefined ? {} : { platform }),
    ...(interpreter === undefined ? {} : { interpreter }),
    isStatic: interpreter === undefined && dynamic.needed.length === 0,
    flags: words.word(header, bits === 64 ? 48 : 36),
    loadAlignments: segments.flatMap((s) => (s.type === PT_LOAD ? [s.align] : [])),
    hasNote: segments.some((segment) => segment.type === PT_NOTE),
    properties: readGnuProperties(source, segments, { words, machine }),
    loadedBytes: Math.max(
      0,
      ...segments.map((s) => (s.type === PT_LOAD && s.fileSize > 0 ? s.offset + s.fileSize : 0)),
    ),
    fileBytes: source.size,
  };
}

function readSegments(source: ByteSource, header: Buffer, words: WordReader): Segment[] {
  const is64 = words.bits === 64;
  const tableOffset = words.native(header, is64 ? 32 : 28);
  const entrySize = words.half(header, is64 ? 54 : 42);
  const count = words.half(header, is64 ? 56 : 44);
  if (count === 0) return [];
  const expectedSize = is64 ? 56 : 32;
  if (entrySize !== expectedSize || count > MAX_SEGMENTS) {
    throw malformed(source, 'its program header table has an impossible size');
  }
  const table = readExactly(source, 'its program headers', {
    offset: tableOffset,
    length: entrySize * count,
  });
  return Array.from({ length: count }, (_, index) => {
    const entry = table.subarray(index * entrySize, (index + 1) * entrySize);
    return {
      type: words.word(entry, 0),
      offset: words.native(entry, is64 ? 8 : 4),
      virtualAddress: words.native(entry, is64 ? 16 : 8),
      fileSize: words.native(entry, is64 ? 32 : 16),
      align: words.native(entry, is64 ? 48 : 28),
    };
  });
}

function readInterpreter(source: ByteSource, segments: readonly Segment[]): string | undefined {
  const segment = segments.find(({ type }) => type === PT_INTERP);
  if (segment === undefined) return undefined;
  if (segment.fileSize > MAX_PATH_BYTES)
    throw malformed(source, 'the path of its loader is too long');
  const bytes = readExactly(source, 'the path of its loader', {
    offset: segment.offset,
    length: segment.fileSize,
  });
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end === -1 ? bytes.length : end);
}

function readExactly(
  source: ByteSource,
  what: string,
  { offset, length }: { readonly offset: number; readonly length: number },
): Buffer {
  if (offset + length > source.size) throw truncated(source, what);
  const bytes = source.read(offset, length);
  if (bytes.length < length) throw truncated(source, what);
  return bytes;
}

function notElf(source: ByteSource, header: Buffer): Error {
  const format = recogniseFormat(header);
  return elfError(
    'ELF_NOT_ELF',
    `${source.label} is ${format?.name ?? 'not an ELF program'}.`,
    format?.advice ?? 'Name a Linux program.',
  );
}

function truncated(source: ByteSource, what: string): Error {
  return elfError(
    'ELF_TRUNCATED',
    `${source.label} ends before ${what}.`,
    'Copy or build it again: a part is missing.',
  );
}
