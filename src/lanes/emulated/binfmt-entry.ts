import { platformFacts, type Platform } from '../../core/index.ts';

/** The first 20 bytes of an ELF header as binfmt_misc compares them, and which bits it looks at. */
export interface BinfmtMagic {
  readonly magic: Buffer;
  readonly mask: Buffer;
}

/** ET_EXEC (2) and ET_DYN (3) differ in the lowest bit only. */
const ET_EXEC = 2;

/**
 * Magic and mask for a platform's programs. Exceptions to the common mask follow
 * `qemu/scripts/qemu-binfmt-conf.sh`: x86 ignores bit 0 of EI_DATA and EI_VERSION, s390x, ppc64le and
 * loongarch64 look at most of EI_OSABI, loongarch64 and mips64el at less of EI_ABIVERSION, ppc64le not
 * at the high machine byte.
 */
export function binfmtMagic(platform: Platform): BinfmtMagic {
  const { elf, qemuTarget } = platformFacts(platform);
  const little = elf.endianness === 'little';
  const magic = Buffer.alloc(20);
  magic.set([0x7f, 0x45, 0x4c, 0x46, elf.bits === 64 ? 2 : 1, little ? 1 : 2, 1]);
  const mask = Buffer.from('ffffffffffffff00fffffffffffffffffeffffff', 'hex');
  if (little) {
    magic.writeUInt16LE(ET_EXEC, 16);
    magic.writeUInt16LE(elf.machine, 18);
  } else {
    magic.writeUInt16BE(ET_EXEC, 16);
    magic.writeUInt16BE(elf.machine, 18);
    mask.set([0xff, 0xfe], 16);
  }
  if (qemuTarget === 'x86_64' || qemuTarget === 'i386') mask.set([0xfe, 0xfe], 5);
  if (qemuTarget === 's390x') mask[7] = 0xfc;
  if (qemuTarget === 'loongarch64') mask.set([0xfc, 0x00], 7);
  if (qemuTarget === 'ppc64le') {
    mask[7] = 0xfc;
    mask[19] = 0x00;
  }
  if (qemuTarget === 'mips64el') mask[8] = 0xfe;
  return { magic, mask };
}

/** Bytes as they are written for the kernel and its managers: `\\x7f\\x45`. */
export function escapeBytes(bytes: Buffer): string {
  return [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}

/** The kernel refuses longer ones (fs/binfmt_misc.c, BINPRM_BUF_SIZE). */
export const MAX_INTERPRETER_LENGTH = 127;

export interface BinfmtEntry {
  readonly name: string;
  readonly platform: Platform;
  /** At most {@link MAX_INTERPRETER_LENGTH} bytes. */
  readonly interpreter: string;
  /** `POCF`: keep argv[0], pass an open file, take the binary's credentials, open now. */
  readonly flags: string;
}

/** The line's first byte separates its fields: one that the path does not have. */
function chooseDelimiter(interpreter: string): string {
  const delimiter = [':', '|', ';', ','].find((candidate) => !interpreter.includes(candidate));
  return delimiter ?? '\x01';
}

/** The line for binfmt_misc's `register` (kernel doc, admin-guide/binfmt-misc.rst). */
export function formatBinfmtEntry({ name, platform, interpreter, flags }: BinfmtEntry): string {
  const { magic, mask } = binfmtMagic(platform);
  const fields = [name, 'M', '', escapeBytes(magic), escapeBytes(mask), interpreter, flags];
  const delimiter = chooseDelimiter(interpreter);
  return delimiter + fields.join(delimiter);
}
