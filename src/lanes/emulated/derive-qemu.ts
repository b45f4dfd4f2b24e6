import {
  notDerivable,
  PT_LOAD,
  PT_NOTE,
  readProgramHeaders,
  requireElf64,
  type ProgramHeader,
} from './elf-program.ts';
import { buildStub, MAX_STUB_WORDS, STUB_MACHINES } from './entry-stub.ts';
import { fixAddress } from './fixed-address.ts';
import { useOwnLibraries } from './own-libraries.ts';

/**
 * Makes a copy of a qemu-user program that gives itself fixed arguments (`-cpu MODEL`, `-L DIR`).
 *
 * Neither a wrapper nor QEMU_CPU can do that: a wrapper execs a second time and loses the open file
 * and the file capabilities that the kernel hands to a binfmt handler, and an environment variable is
 * lost under `env -i` and visible to the guest. So the ELF entry of the copy is a stub of a few
 * instructions that puts the words after argv[0] on the initial stack and jumps to the old entry.
 */

const PF_RX = 5;
const PAGE = 4096n;

function roundUp(value: bigint): bigint {
  return ((value + PAGE - 1n) / PAGE) * PAGE;
}

/** Instructions of every machine are aligned behind it. */
function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((16 - (bytes.length % 16)) % 16)]);
}

/** After the last byte of the program in memory. */
function endOf(headers: readonly ProgramHeader[]): bigint {
  const ends = headers
    .filter(({ type }) => type === PT_LOAD)
    .map(({ address, memoryBytes }) => address + memoryBytes);
  return ends.reduce((most, end) => (end > most ? end : most), 0n);
}

/** e_ident[EI_NIDENT − 1]: padding that neither the kernel nor the loader looks at in a program. */
const LAST_PADDING = 15;

/**
 * Marks a program as none of the guests of its own platform: the handler for them, whose mask holds the padding to
 * 0, is not called for it. For QEMU itself it would be called again and again.
 */
export function markUnlikeGuests(program: Buffer): void {
  program[LAST_PADDING] = 0x71;
}

/**
 * The bytes of a copy of `qemu` that behaves as if `words` stood after its argv[0]. The same input
 * gives the same bytes. The stub and its texts are a new loadable segment at the end of the file; the
 * program header for it is taken from the last note, which nothing reads at run time. A program that
 * would relocate itself at each start is relocated in the copy (`fixed-address.ts`).
 * @param words - an even number (the stack stays aligned to 16 bytes), at most 12
 * @param libraries - the directory, where it runs, of its loader and libraries (`own-libraries.ts`)
 * @throws ArchParityError `QEMU_NOT_DERIVABLE` for a file that is no 64-bit little-endian ELF program
 *   of x86-64 or arm64, or has no note to give up
 */
export function deriveQemu(qemu: Buffer, words: readonly string[], libraries?: string): Buffer {
  if (
    words.length % 2 !== 0 ||
    words.length > MAX_STUB_WORDS ||
    words.some((word) => word.includes('\0'))
  ) {
    throw new TypeError(`cannot insert ${String(words.length)} words`);
  }
  requireElf64(qemu);
  const machine = STUB_MACHINES[qemu.readUInt16LE(18)];
  if (machine === undefined)
    throw notDerivable(`machine ${String(qemu.readUInt16LE(18))} is not supported`);
  const program = Buffer.from(qemu);
  const shown = fixAddress(program);
  const headers = readProgramHeaders(program);
  const note = headers.findLast((header) => header.type === PT_NOTE);
  if (note === undefined) throw notDerivable('it has no note segment to replace');
  const address = roundUp(endOf(headers)) + PAGE;
  const offset = roundUp(BigInt(program.length));
  const strings =
    libraries === undefined
      ? Buffer.alloc(0)
      : padded(useOwnLibraries(program, libraries, { offset, address }));
  const entry = address + BigInt(strings.length);
  const stub = buildStub(machine, {
    address: entry,
    entry: program.readBigUInt64LE(24),
    words,
    ...(shown === undefined ? {} : { headers: shown }),
  });

  const added = Buffer.concat([strings, stub]);
  const derived = Buffer.alloc(Number(offset) + added.length);
  program.copy(derived);
  added.copy(derived, Number(offset));
  derived.writeBigUInt64LE(entry, 24);
  derived.writeUInt32LE(PT_LOAD, note.at);
  derived.writeUInt32LE(PF_RX, note.at + 4);
  const size = BigInt(added.length);
  [offset, address, address, size, size, PAGE].forEach((value, index) => {
    derived.writeBigUInt64LE(value, note.at + 8 + 8 * index);
  });
  return derived;
}
