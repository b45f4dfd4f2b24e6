import type { ElfIdentity } from '../core/index.ts';

/** Names a file on a machine (stat(2)). */
export interface FileIdentity {
  readonly device: bigint;
  readonly inode: bigint;
}

/** What `STARTED` says of the file that the kernel executed; `undefined` = it could not be seen. */
export function readExecuted(payload: Buffer): FileIdentity | undefined {
  const inode = payload.readBigUInt64BE(12);
  return inode === 0n ? undefined : { device: payload.readBigUInt64BE(4), inode };
}

/** What `STARTED` says of the program that was asked for; `undefined` = it could not be read. */
export function readProgram(payload: Buffer): ElfIdentity | undefined {
  const machine = payload.readUInt16BE(20);
  if (machine === 0) return undefined;
  return {
    machine,
    bits: payload.readUInt8(22) === 2 ? 64 : 32,
    endianness: payload.readUInt8(23) === 2 ? 'big' : 'little',
  };
}
