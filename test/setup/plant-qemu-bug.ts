import { chmodSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * The AES S-box (FIPS 197, figure 7), of which QEMU 7.2 computes AESE (target/arm/crypto_helper.c,
 * crypto/aes.c). Newer ones may use the AES instructions of this machine instead.
 */
const SBOX_START = Buffer.from('637c777bf26b6fc53001672bfed7ab76ca82c97dfa5947f0', 'hex');
const BYTE = 0x53;
const RIGHT = 0xed;

/** What the planted bug makes of a byte, and where the right value stood. */
export interface PlantedBug {
  /** Index into the S-box. */
  readonly byte: number;
  readonly right: number;
  readonly wrong: number;
}

/**
 * Writes a copy of a static QEMU with one wrong constant in a table of its instruction helpers.
 * @throws Error when the table is not there exactly once
 */
export function plantQemuBug(qemu: string, target: string): PlantedBug {
  const content = readFileSync(qemu);
  const at = content.indexOf(SBOX_START);
  if (at < 0 || content.indexOf(SBOX_START, at + 1) >= 0 || content[at + BYTE] !== RIGHT)
    throw new Error(`${qemu} does not have the AES S-box exactly once`);
  const wrong = RIGHT ^ 3;
  content[at + BYTE] = wrong;
  writeFileSync(target, content);
  chmodSync(target, 0o755);
  return { byte: BYTE, right: RIGHT, wrong };
}
