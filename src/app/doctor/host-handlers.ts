import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { platformFacts, type Platform } from '../../core/index.ts';

/** A handler in the host's binfmt_misc. */
export interface HostHandler {
  readonly name: string;
  readonly enabled: boolean;
  readonly interpreter: string;
  /** E.g. `POCF`. */
  readonly flags: string;
  /** First bytes of the files that it takes, at offset 0; empty for one that goes by extension. */
  readonly magic: Buffer;
}

/** An entry's file as the kernel shows it (kernel doc, admin-guide/binfmt-misc.rst). */
export function parseHandler(name: string, text: string): HostHandler {
  const word = (key: string): string => new RegExp(`^${key}:? ?(.*)$`, 'm').exec(text)?.[1] ?? '';
  const atStart = word('offset') === '0';
  return {
    name,
    enabled: text.startsWith('enabled'),
    interpreter: word('interpreter'),
    flags: word('flags').trim(),
    magic: atStart ? Buffer.from(word('magic'), 'hex') : Buffer.alloc(0),
  };
}

/** Whether a handler is meant for a platform's programs: class, byte order and machine of the ELF header. */
export function handlesPlatform({ magic }: HostHandler, platform: Platform): boolean {
  const { elf } = platformFacts(platform);
  if (magic.length < 20 || magic.readUInt32BE(0) !== 0x7f454c46) return false;
  const machine = elf.endianness === 'little' ? magic.readUInt16LE(18) : magic.readUInt16BE(18);
  return magic[4] === (elf.bits === 64 ? 2 : 1) && machine === elf.machine;
}

/** All handlers of the host; none when binfmt_misc is not mounted. */
export function readHostHandlers(directory = '/proc/sys/fs/binfmt_misc'): HostHandler[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return [];
  }
  return names
    .filter((name) => name !== 'register' && name !== 'status')
    .toSorted()
    .flatMap((name) => {
      try {
        return [parseHandler(name, readFileSync(join(directory, name), 'latin1'))];
      } catch {
        return [];
      }
    });
}

/** What is wrong with a handler for use inside images and with setuid programs. */
export function findFlagProblems({ flags }: Pick<HostHandler, 'flags'>): string[] {
  return [
    ...(flags.includes('F') ? [] : ['without F it does not work inside an image or a chroot']),
    ...(flags.includes('C') ? [] : ['without C setuid programs (sudo, su) have no rights']),
    ...(flags.includes('P') ? [] : ['without P a program sees its path as argv[0]']),
  ];
}
