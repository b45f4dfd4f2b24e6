import { writeFileSync } from 'node:fs';

const LOAD_ADDRESS = 0x10000;
const HEADERS = 52 + 32;

/**
 * A32, EABI system calls (syscall(2)): the personality of 32-bit Linux, as `setarch linux32` gives it, uname on
 * the stack, the six letters of `machine`, and an exit.
 */
const CODE = [
  0xe3a00008, // mov r0, #8 (PER_LINUX32)
  0xe3a07088, // mov r7, #136 (personality)
  0xef000000, // svc #0
  0xe24dde19, // sub sp, sp, #400
  0xe1a0000d, // mov r0, sp
  0xe3a0707a, // mov r7, #122 (uname)
  0xef000000, // svc #0
  0xe28d1f41, // add r1, sp, #260 (four fields of 65 bytes before it)
  0xe3a0200a, // mov r2, #'\n'
  0xe5c12006, // strb r2, [r1, #6]
  0xe3a02007, // mov r2, #7
  0xe3a00001, // mov r0, #1
  0xe3a07004, // mov r7, #4 (write)
  0xef000000, // svc #0
  0xe3a00000, // mov r0, #0
  0xe3a07001, // mov r7, #1 (exit)
  0xef000000, // svc #0
];

/** Writes a static program for linux/arm/v7 that prints `armv7l` or `armv8l`: there is no C library for it here. */
export function writeArm32Uname(file: string): void {
  const size = HEADERS + CODE.length * 4;
  const elf = Buffer.alloc(size);
  // gABI, "ELF Header": 32 bits, little endian, executable, EM_ARM, EABI version 5.
  elf.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  elf.writeUInt16LE(2, 16);
  elf.writeUInt16LE(40, 18);
  const words = [1, LOAD_ADDRESS + HEADERS, 52, 0, 0x05000200];
  words.forEach((word, index) => elf.writeUInt32LE(word, 20 + 4 * index));
  [52, 32, 1, 40, 0, 0].forEach((half, index) => elf.writeUInt16LE(half, 40 + 2 * index));
  // One PT_LOAD, read and execute, that covers the file.
  [1, 0, LOAD_ADDRESS, LOAD_ADDRESS, size, size, 5, 0x10000].forEach((word, index) =>
    elf.writeUInt32LE(word, 52 + 4 * index),
  );
  CODE.forEach((word, index) => elf.writeUInt32LE(word, HEADERS + 4 * index));
  writeFileSync(file, elf, { mode: 0o755 });
}
