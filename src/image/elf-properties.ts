import type { ByteSource } from './elf-reader.ts';
import type { Segment, WordReader } from './elf-words.ts';

/**
 * What the property note of a program says.
 * Sources: "Linux Extensions to gABI" (x86-64 psABI: GNU_PROPERTY_X86_ISA_1_NEEDED), AAELF64 (GNU_PROPERTY_AARCH64_FEATURE_1_AND).
 */
export interface GnuProperties {
  /** The x86-64 level that its loader demands: 2, 3 or 4; absent for the baseline. */
  readonly x86Level?: 2 | 3 | 4;
  /** Every part of it was built with branch target identification (arm64). */
  readonly bti: boolean;
  /** Every part of it signs return addresses: pointer authentication (arm64). */
  readonly pac: boolean;
}

const PT_GNU_PROPERTY = 0x6474e553;
const NT_GNU_PROPERTY_TYPE_0 = 5;
const X86_ISA_1_NEEDED = 0xc0008002;
const AARCH64_FEATURE_1_AND = 0xc0000000;
/** e_machine of the two: property numbers above 0xc0000000 mean something else on every machine. */
const EM_X86_64 = 0x3e;
const EM_AARCH64 = 0xb7;
/** Real notes have 32 to 80 bytes. */
const MAX_NOTE_BYTES = 4096;

/** Reads the property note; damage in it counts as having none. */
export function readGnuProperties(
  source: ByteSource,
  segments: readonly Segment[],
  { words, machine }: { readonly words: WordReader; readonly machine: number },
): GnuProperties {
  const segment = segments.find(({ type }) => type === PT_GNU_PROPERTY);
  const none: GnuProperties = { bti: false, pac: false };
  if (segment === undefined || segment.offset >= source.size) return none;
  const note = source.read(segment.offset, Math.min(segment.fileSize, MAX_NOTE_BYTES));
  if (note.length < 16 || note.toString('latin1', 12, 16) !== 'GNU\0') return none;
  if (words.word(note, 0) !== 4 || words.word(note, 8) !== NT_GNU_PROPERTY_TYPE_0) return none;
  const end = Math.min(note.length, 16 + words.word(note, 4));
  const padding = words.bits === 64 ? 8 : 4;
  const values = new Map<number, number>();
  for (let at = 16; at + 8 <= end;) {
    const size = words.word(note, at + 4);
    if (size === 4 && at + 12 <= end) values.set(words.word(note, at), words.word(note, at + 8));
    at += 8 + Math.ceil(size / padding) * padding;
  }
  return interpret(values, machine);
}

function interpret(values: ReadonlyMap<number, number>, machine: number): GnuProperties {
  const features = machine === EM_AARCH64 ? (values.get(AARCH64_FEATURE_1_AND) ?? 0) : 0;
  const needed = machine === EM_X86_64 ? (values.get(X86_ISA_1_NEEDED) ?? 0) : 0;
  const x86Level = needed & 8 ? 4 : needed & 4 ? 3 : needed & 2 ? 2 : undefined;
  return {
    bti: (features & 1) !== 0,
    pac: (features & 2) !== 0,
    ...(x86Level === undefined ? {} : { x86Level }),
  };
}
