/**
 * The few instructions that a derived QEMU starts with: they put words after argv[0] on the initial stack and
 * jump to the old entry.
 */

export interface StubMachine {
  readonly name: string;
  assemble(layout: StubLayout): Buffer;
}

interface StubLayout {
  /** Address of the stub. */
  readonly address: bigint;
  /** Address of the old entry. */
  readonly entry: bigint;
  /** Offsets of the words' texts from the stub's start. */
  readonly texts: readonly number[];
  /** Offset of the program headers that AT_PHDR shall name; absent = it stays as the kernel made it. */
  readonly headers?: number;
}

function int32(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(Number(value));
  return bytes;
}

/** AT_PHDR (elf(5), getauxval(3)) lies in the auxiliary vector, behind argv and envp. */
const X86_FIND_HEADERS = Buffer.from(
  [
    '4e8d4cc410', //     lea r9, [rsp+8*r8+16]   envp
    '498b01', //      1: mov rax, [r9]
    '4983c108', //       add r9, 8
    '4885c0', //         test rax, rax
    '75f4', //           jnz 1b
    '498b01', //      2: mov rax, [r9]           a_type
    '4885c0', //         test rax, rax           AT_NULL
    '7417', //           jz end
    '4883f803', //       cmp rax, 3              AT_PHDR
    '7406', //           je 3f
    '4983c110', //       add r9, 16
    'ebec', //           jmp 2b
  ].join(''),
  'hex',
);

/** x86-64: rsp → argc, argv[0], …; rdx belongs to the kernel and is kept (System V ABI, 3.4.1). */
function assembleX86(layout: StubLayout): Buffer {
  const words = layout.texts.length;
  const parts: Buffer[] = [];
  const size = (): number => parts.reduce((sum, part) => sum + part.length, 0);
  const loadAddress = (offset: number): void => {
    parts.push(Buffer.from([0x48, 0x8d, 0x05])); //               lea rax, [rip+offset]
    parts.push(int32(offset - (size() + 4)));
  };
  parts.push(Buffer.from('4c8b0424', 'hex')); //                  mov r8, [rsp]        argc
  parts.push(Buffer.from('4c8b4c2408', 'hex')); //                mov r9, [rsp+8]      argv[0]
  parts.push(Buffer.from([0x48, 0x83, 0xec, 8 * words])); //      sub rsp, 8*words
  parts.push(Buffer.from([0x49, 0x83, 0xc0, words])); //          add r8, words
  parts.push(Buffer.from('4c890424', 'hex')); //                  mov [rsp], r8
  parts.push(Buffer.from('4c894c2408', 'hex')); //                mov [rsp+8], r9
  layout.texts.forEach((text, index) => {
    loadAddress(text);
    parts.push(Buffer.from([0x48, 0x89, 0x44, 0x24, 16 + 8 * index])); // mov [rsp+16+8i], rax
  });
  if (layout.headers !== undefined) {
    parts.push(X86_FIND_HEADERS);
    loadAddress(layout.headers); //                               3:
    parts.push(Buffer.from('49894108', 'hex')); //                mov [r9+8], rax      a_val
  }
  parts.push(Buffer.from([0xe9])); //                        end: jmp entry
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

/** By the ELF machine. */
export const STUB_MACHINES: Readonly<Record<number, StubMachine>> = {
  0x3e: { name: 'x86-64', assemble: assembleX86 },
  0xb7: { name: 'arm64', assemble: assembleArm64 },
};

/** At most this many words: the stub's stack offsets are one byte. */
export const MAX_STUB_WORDS = 12;

interface StubRequest {
  readonly address: bigint;
  readonly entry: bigint;
  readonly words: readonly string[];
  /** Program headers for the C library in place of those that the kernel read (x86-64). */
  readonly headers?: Buffer;
}

/** The stub with its texts, and the program headers that the C library shall see. */
export function buildStub(machine: StubMachine, request: StubRequest): Buffer {
  const { address, entry, headers } = request;
  const texts = request.words.map((word) => Buffer.from(`${word}\0`));
  const none = { address, entry: address, texts: texts.map(() => 0) };
  // The code's size does not depend on the offsets, so a first pass with zeros gives it.
  let offset = machine.assemble(headers === undefined ? none : { ...none, headers: 0 }).length;
  const offsets = texts.map((text) => {
    const at = offset;
    offset += text.length;
    return at;
  });
  const padding = Buffer.alloc((8 - (offset % 8)) % 8);
  const layout = { address, entry, texts: offsets };
  if (headers === undefined) return Buffer.concat([machine.assemble(layout), ...texts]);
  const code = machine.assemble({ ...layout, headers: offset + padding.length });
  return Buffer.concat([code, ...texts, padding, headers]);
}
