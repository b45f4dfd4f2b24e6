import { ArchParityError } from '../../core/index.ts';

/**
 * Makes a copy of a qemu-user program that gives itself fixed arguments (`-cpu MODEL`, `-L DIR`).
 *
 * Neither a wrapper nor QEMU_CPU can do that: a wrapper execs a second time and loses the open file
 * and the file capabilities that the kernel hands to a binfmt handler, and an environment variable is
 * lost under `env -i` and visible to the guest. So the ELF entry of the copy is a stub of a few
 * instructions that puts the words after argv[0] on the initial stack and jumps to the old entry.
 */

const PT_LOAD = 1;
const PT_NOTE = 4;
const PF_RX = 5;
const PAGE = 4096n;

interface Machine {
  readonly name: string;
  /** Code that inserts `count` words whose addresses follow in a table at `tableOffset`. */
  assemble(layout: StubLayout): Buffer;
}

interface StubLayout {
  /** Virtual address of the stub. */
  readonly address: bigint;
  /** Virtual address of the old entry. */
  readonly entry: bigint;
  /** Offsets of the words' texts from the stub's start. */
  readonly texts: readonly number[];
}

function int32(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(Number(value));
  return bytes;
}

/** x86-64: rsp → argc, argv[0], …; rdx belongs to the kernel and is kept (System V ABI, 3.4.1). */
function assembleX86(layout: StubLayout): Buffer {
  const words = layout.texts.length;
  const parts: Buffer[] = [];
  const size = (): number => parts.reduce((sum, part) => sum + part.length, 0);
  parts.push(Buffer.from('4c8b0424', 'hex')); //                  mov r8, [rsp]        argc
  parts.push(Buffer.from('4c8b4c2408', 'hex')); //                mov r9, [rsp+8]      argv[0]
  parts.push(Buffer.from([0x48, 0x83, 0xec, 8 * words])); //      sub rsp, 8*words
  parts.push(Buffer.from([0x49, 0x83, 0xc0, words])); //          add r8, words
  parts.push(Buffer.from('4c890424', 'hex')); //                  mov [rsp], r8
  parts.push(Buffer.from('4c894c2408', 'hex')); //                mov [rsp+8], r9
  layout.texts.forEach((text, index) => {
    parts.push(Buffer.from([0x48, 0x8d, 0x05])); //               lea rax, [rip+text]
    parts.push(int32(text - (size() + 4)));
    parts.push(Buffer.from([0x48, 0x89, 0x44, 0x24, 16 + 8 * index])); // mov [rsp+16+8i], rax
  });
  parts.push(Buffer.from([0xe9])); //                             jmp entry
  parts.push(int32(layout.entry - (layout.address + BigInt(size() + 4))));
  return Buffer.concat(parts);
}

/** arm64: sp → argc, argv[0], …; x0 is kept (the kernel passes 0, a loader its exit function). */
function assembleArm64(layout: StubLayout): Buffer {
  const words = layout.texts.length;
  const code: number[] = [];
  code.push(0xf94003e9); //                                       ldr x9, [sp]         argc
  code.push(0xf94007ea); //                                       ldr x10, [sp, 8]     argv[0]
  code.push((0xd10003ff | ((8 * words) << 10)) >>> 0); //         sub sp, sp, 8*words
  code.push((0x91000129 | (words << 10)) >>> 0); //               add x9, x9, words
  code.push(0xa9002be9); //                                       stp x9, x10, [sp]
  layout.texts.forEach((text, index) => {
    const offset = text - 4 * code.length;
    const immediate = (((offset & 3) << 29) | (((offset >> 2) & 0x7ffff) << 5)) >>> 0;
    code.push((0x1000000b | immediate) >>> 0); //                 adr x11, text
    code.push((0xf90003eb | ((2 + index) << 10)) >>> 0); //       str x11, [sp, 16+8i]
  });
  const distance = Number(layout.entry - (layout.address + BigInt(4 * code.length)));
  code.push((0x14000000 | ((distance >> 2) & 0x3ffffff)) >>> 0); // b entry
  const bytes = Buffer.alloc(4 * code.length);
  code.forEach((word, index) => bytes.writeUInt32LE(word, 4 * index));
  return bytes;
}

const MACHINES: Readonly<Record<number, Machine>> = {
  0x3e: { name: 'x86-64', assemble: assembleX86 },
  0xb7: { name: 'arm64', assemble: assembleArm64 },
};

/** At most this many words: the stub's stack offsets are one byte. */
const MAX_WORDS = 12;

function buildStub(
  machine: Machine,
  address: bigint,
  entry: bigint,
  words: readonly string[],
): Buffer {
  const texts = words.map((word) => Buffer.from(`${word}\0`));
  // The code's size does not depend on the offsets, so a first pass with zeros gives it.
  const codeSize = machine.assemble({ address, entry: address, texts: words.map(() => 0) }).length;
  let offset = codeSize;
  const offsets = texts.map((text) => {
    const at = offset;
    offset += text.length;
    return at;
  });
  return Buffer.concat([machine.assemble({ address, entry, texts: offsets }), ...texts]);
}

function refuse(reason: string): ArchParityError {
  return new ArchParityError({
    code: 'QEMU_NOT_DERIVABLE',
    message: `A QEMU with fixed arguments cannot be derived: ${reason}.`,
    advice: 'Use another qemu-user build (Debian: qemu-user-static), or binfmt=prefix.',
  });
}

interface ProgramHeader {
  readonly at: number;
  readonly type: number;
  readonly end: bigint;
}

function readProgramHeaders(elf: Buffer): ProgramHeader[] {
  const offset = Number(elf.readBigUInt64LE(32));
  const size = elf.readUInt16LE(54);
  const count = elf.readUInt16LE(56);
  if (size < 56 || offset + size * count > elf.length)
    throw refuse('its program headers are damaged');
  return Array.from({ length: count }, (_, index) => {
    const at = offset + size * index;
    return {
      at,
      type: elf.readUInt32LE(at),
      end: elf.readBigUInt64LE(at + 16) + elf.readBigUInt64LE(at + 40),
    };
  });
}

function roundUp(value: bigint): bigint {
  return ((value + PAGE - 1n) / PAGE) * PAGE;
}

/**
 * The bytes of a copy of `qemu` that behaves as if `words` stood after its argv[0]. The same input
 * gives the same bytes. The stub and its texts are a new loadable segment at the end of the file; the
 * program header for it is taken from the last note, which nothing reads at run time.
 * @param words - an even number (the stack stays aligned to 16 bytes), at most 12
 * @throws ArchParityError `QEMU_NOT_DERIVABLE` for a file that is no 64-bit little-endian ELF program
 *   of x86-64 or arm64, or has no note to give up
 */
export function deriveQemu(qemu: Buffer, words: readonly string[]): Buffer {
  if (
    words.length % 2 !== 0 ||
    words.length > MAX_WORDS ||
    words.some((word) => word.includes('\0'))
  ) {
    throw new TypeError(`cannot insert ${String(words.length)} words`);
  }
  if (qemu.length < 64 || qemu.readUInt32BE(0) !== 0x7f454c46 || qemu[4] !== 2 || qemu[5] !== 1) {
    throw refuse('it is not a 64-bit little-endian ELF file');
  }
  const machine = MACHINES[qemu.readUInt16LE(18)];
  if (machine === undefined)
    throw refuse(`machine ${String(qemu.readUInt16LE(18))} is not supported`);
  const headers = readProgramHeaders(qemu);
  const note = headers.findLast((header) => header.type === PT_NOTE);
  if (note === undefined) throw refuse('it has no note segment to replace');
  const loads = headers.filter((header) => header.type === PT_LOAD);
  const highest = loads.reduce((most, header) => (header.end > most ? header.end : most), 0n);
  const address = roundUp(highest) + PAGE;
  const offset = roundUp(BigInt(qemu.length));
  const stub = buildStub(machine, address, qemu.readBigUInt64LE(24), words);

  const derived = Buffer.alloc(Number(offset) + stub.length);
  qemu.copy(derived);
  stub.copy(derived, Number(offset));
  derived.writeBigUInt64LE(address, 24);
  derived.writeUInt32LE(PT_LOAD, note.at);
  derived.writeUInt32LE(PF_RX, note.at + 4);
  const size = BigInt(stub.length);
  [offset, address, address, size, size, PAGE].forEach((value, index) => {
    derived.writeBigUInt64LE(value, note.at + 8 + 8 * index);
  });
  return derived;
}
