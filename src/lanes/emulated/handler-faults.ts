import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { PLATFORMS, platformFacts, type Platform } from '../../core/index.ts';
import { readElf } from '../../image/index.ts';
import {
  isMeantFor,
  plainHeader,
  takesHeader,
  type HandlerTable,
  type HostHandler,
} from './host-handlers.ts';

/** The file that an entry names. With F the kernel may hold another one of that path. */
export type InterpreterState = 'static' | 'dynamic' | 'missing' | 'not-executable';

export type HandlerFaultKind =
  /** The whole table is switched off. */
  | 'table-disabled'
  /** The entry is switched off. */
  | 'disabled'
  /** A newer entry takes its programs. */
  | 'shadowed'
  | 'dead-interpreter'
  /** An image does not hold the interpreter's libraries. */
  | 'dynamic-interpreter'
  /** Some programs of the platform are not taken. */
  | 'narrow-mask'
  /** Programs of other platforms are taken, too. */
  | 'wide-mask'
  | 'without-f'
  | 'without-c'
  | 'without-p';

/** What is wrong with an entry for the programs of a platform. */
export interface HandlerFault {
  readonly kind: HandlerFaultKind;
  /** A clause, without the entry's name. */
  readonly text: string;
}

/** Looks at an interpreter as the kernel would open it from here. */
export function readInterpreterState(path: string, root = '/'): InterpreterState {
  const file = join(root, path);
  try {
    if (!statSync(file).isFile()) return 'not-executable';
    accessSync(file, constants.X_OK);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'not-executable' : 'missing';
  }
  try {
    return readElf(file).isStatic ? 'static' : 'dynamic';
  } catch {
    // A script, whose own interpreter an image need not have either.
    return 'dynamic';
  }
}

const ET_DYN = 3;
const ELFOSABI_GNU = 3;

/** The kinds of program that a handler must take: position-independent ones, and those with IFUNCs. */
function sampleHeaders(platform: Platform): readonly (readonly [what: string, header: Buffer])[] {
  const little = platformFacts(platform).elf.endianness === 'little';
  const change = (offset: number, byte: number): Buffer => {
    const header = plainHeader(platform);
    header[offset] = byte;
    return header;
  };
  return [
    ['programs at a fixed address', plainHeader(platform)],
    ['position-independent programs', change(little ? 16 : 17, ET_DYN)],
    ['static programs of the GNU ABI', change(7, ELFOSABI_GNU)],
  ];
}

function when(applies: boolean, kind: HandlerFaultKind, text: string): readonly HandlerFault[] {
  return applies ? [{ kind, text }] : [];
}

function findMaskFaults(
  handler: HostHandler,
  platform: Platform,
  host: Platform,
): readonly HandlerFault[] {
  const refused = sampleHeaders(platform)
    .filter(([, header]) => !takesHeader(handler, header))
    .map(([what]) => what);
  const own = plainHeader(platform);
  const all = PLATFORMS.map(({ platform: one }) => one);
  const taken = [host, ...all.filter((one) => one !== host)].filter((one) => {
    const header = plainHeader(one);
    // Variants of a platform share a header.
    return !header.equals(own) && takesHeader(handler, header);
  });
  const [first, ...more] = taken;
  const others = more.length === 0 ? '' : ` and of ${String(more.length)} more platforms`;
  return [
    ...when(refused.length > 0, 'narrow-mask', `its mask leaves out ${refused.join(' and ')}`),
    ...when(
      first !== undefined,
      'wide-mask',
      `its mask takes programs of ${first ?? ''}${others}, too`,
    ),
  ];
}

/** What is wrong with the interpreter of an entry, whatever files it takes. */
export function findInterpreterFaults(
  { flags, interpreter }: Pick<HostHandler, 'flags' | 'interpreter'>,
  state: InterpreterState,
): readonly HandlerFault[] {
  // Opened when it was registered: what lies at that path now does not matter.
  const isHeld = flags.includes('F');
  const named = `its interpreter ${interpreter}`;
  return [
    ...when(state === 'missing' && !isHeld, 'dead-interpreter', `${named} is not there`),
    ...when(
      state === 'not-executable' && !isHeld,
      'dead-interpreter',
      `${named} cannot be executed`,
    ),
    ...when(
      state === 'dynamic',
      'dynamic-interpreter',
      `${named} needs libraries, which an image does not hold`,
    ),
  ];
}

/** What the flags of an entry keep from working, inside images and with setuid programs above all. */
export function findFlagFaults({ flags }: Pick<HostHandler, 'flags'>): readonly HandlerFault[] {
  const lacks = (flag: string): boolean => !flags.includes(flag);
  return [
    ...when(lacks('F'), 'without-f', 'without F it does not work inside an image or a chroot'),
    ...when(lacks('C'), 'without-c', 'without C setuid programs (sudo, su) have no rights'),
    ...when(lacks('P'), 'without-p', 'without P a program sees its path as argv[0]'),
  ];
}

/** The newer, enabled entry that takes an entry's plain programs away from it. */
function findShadow(
  handler: HostHandler,
  { handlers }: HandlerTable,
  platform: Platform,
): HostHandler | undefined {
  const header = plainHeader(platform);
  return handlers
    .slice(0, handlers.indexOf(handler))
    .find((newer) => newer.enabled && takesHeader(newer, header));
}

export interface FaultFacts {
  readonly platform: Platform;
  /** Whose own programs no handler may take. */
  readonly host: Platform;
  /** The table that the entry is one of. */
  readonly table: HandlerTable;
  readonly interpreter: InterpreterState;
}

/** Everything that is wrong with an entry, what keeps it from working at all first. */
export function findHandlerFaults(
  handler: HostHandler,
  { platform, host, table, interpreter }: FaultFacts,
): readonly HandlerFault[] {
  const shadow = handler.enabled ? findShadow(handler, table, platform) : undefined;
  return [
    ...when(!table.enabled, 'table-disabled', 'binfmt_misc is switched off as a whole'),
    ...when(!handler.enabled, 'disabled', 'it is switched off'),
    ...findInterpreterFaults(handler, interpreter),
    ...findMaskFaults(handler, platform, host),
    ...when(shadow !== undefined, 'shadowed', `the newer ${shadow?.name ?? ''} takes its programs`),
    ...(isMeantFor(handler, platform) ? findFlagFaults(handler) : []),
  ];
}
