import { opendirSync } from 'node:fs';
import { join } from 'node:path';
import { platformFacts, type Platform } from '../../core/index.ts';
import { readIfThere } from '../../store/index.ts';
import { binfmtMagic } from './binfmt-entry.ts';

/** Where binfmt_misc is mounted. */
export const BINFMT_DIRECTORY = '/proc/sys/fs/binfmt_misc';

/** An entry of binfmt_misc as the kernel shows it (kernel doc, admin-guide/binfmt-misc.rst). */
export interface HostHandler {
  readonly name: string;
  readonly enabled: boolean;
  readonly interpreter: string;
  /** E.g. `POCF`. */
  readonly flags: string;
  /** First byte of a file that is compared; 0 for one that goes by extension. */
  readonly offset: number;
  /** The bytes that it takes files by; empty for one that goes by extension. */
  readonly magic: Buffer;
  /** As long as `magic`: which bits of it count. All, when the entry has no mask. */
  readonly mask: Buffer;
}

/** `absent`: this kernel has no binfmt_misc, or has not loaded it. */
export type TableState = 'mounted' | 'not-mounted' | 'absent';

/** The handlers of this machine, or of the namespace that this process is in. */
export interface HandlerTable {
  readonly state: TableState;
  /** Whether any handler is used at all: the switch in `status`. */
  readonly enabled: boolean;
  /** The newest first: of two that take a file, the kernel uses the newer. */
  readonly handlers: readonly HostHandler[];
}

/** Reads the text of an entry's file. */
export function parseHandler(name: string, text: string): HostHandler {
  const word = (key: string): string => new RegExp(`^${key}:? ?(.*)$`, 'm').exec(text)?.[1] ?? '';
  const magic = Buffer.from(word('magic'), 'hex');
  const mask = Buffer.from(word('mask'), 'hex');
  return {
    name,
    enabled: text.startsWith('enabled'),
    interpreter: word('interpreter'),
    flags: word('flags').trim(),
    offset: Number(word('offset')),
    magic,
    mask: mask.length === magic.length ? mask : Buffer.alloc(magic.length, 0xff),
  };
}

/** The kernel lists the newest first (fs/libfs.c, dcache_readdir); `readdir` of Node.js would sort by name. */
function listNames(directory: string): string[] | undefined {
  let opened;
  try {
    opened = opendirSync(directory);
  } catch {
    return undefined;
  }
  try {
    const names: string[] = [];
    for (let entry = opened.readSync(); entry !== null; entry = opened.readSync())
      names.push(entry.name);
    return names;
  } finally {
    opened.closeSync();
  }
}

/** Reads all handlers. What vanishes while it is read was not there. */
export function readHandlerTable(directory: string = BINFMT_DIRECTORY): HandlerTable {
  const names = listNames(directory);
  if (names === undefined) return { state: 'absent', enabled: false, handlers: [] };
  if (!names.includes('status')) return { state: 'not-mounted', enabled: false, handlers: [] };
  const handlers = names
    .filter((name) => name !== 'register' && name !== 'status')
    .flatMap((name) => {
      const text = readIfThere(join(directory, name));
      return text === undefined ? [] : [parseHandler(name, text)];
    });
  const enabled = readIfThere(join(directory, 'status'))?.trim() === 'enabled';
  return { state: 'mounted', enabled, handlers };
}

/** Whether a file that begins with `header` is a handler's, enabled or not: the kernel's comparison. */
export function takesHeader({ offset, magic, mask }: HostHandler, header: Buffer): boolean {
  if (magic.length === 0) return false;
  return magic.every((byte, index) => {
    const wanted = mask[index] ?? 0xff;
    return ((byte ^ (header[offset + index] ?? 0)) & wanted) === 0;
  });
}

/** Bytes of an ELF file's beginning that no entry in use looks beyond. */
const HEADER_BYTES = 64;

/** The header of a platform's plain program: ET_EXEC, EI_OSABI 0. */
export function plainHeader(platform: Platform): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  binfmtMagic(platform).magic.copy(header);
  return header;
}

/** Whether a handler's magic names a platform: class, byte order and machine of the ELF header. */
export function isMeantFor({ offset, magic }: HostHandler, platform: Platform): boolean {
  const { elf } = platformFacts(platform);
  if (offset !== 0 || magic.length < 20 || magic.readUInt32BE(0) !== 0x7f454c46) return false;
  const little = elf.endianness === 'little';
  const machine = little ? magic.readUInt16LE(18) : magic.readUInt16BE(18);
  return (
    magic[4] === (elf.bits === 64 ? 2 : 1) &&
    magic[5] === (little ? 1 : 2) &&
    machine === elf.machine
  );
}

/** The handlers that are meant for a platform's programs, or take them all the same; the newest first. */
export function findHandlersFor(table: HandlerTable, platform: Platform): readonly HostHandler[] {
  const header = plainHeader(platform);
  return table.handlers.filter(
    (handler) => isMeantFor(handler, platform) || takesHeader(handler, header),
  );
}

/** The handler that the kernel gives a platform's plain programs to: the newest that is enabled and takes them. */
export function findServingHandler(
  table: HandlerTable,
  platform: Platform,
): HostHandler | undefined {
  if (!table.enabled) return undefined;
  const header = plainHeader(platform);
  return table.handlers.find((handler) => handler.enabled && takesHeader(handler, header));
}
