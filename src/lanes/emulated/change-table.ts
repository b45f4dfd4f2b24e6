import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ArchParityError, errnoOf } from '../../core/index.ts';
import { formatBinfmtEntry, type BinfmtEntry } from './binfmt-entry.ts';
import { BINFMT_DIRECTORY, type HandlerTable } from './host-handlers.ts';

/** What is said of a kind of refusal: the code, what happened, what to do. */
type Refusal = readonly [code: string, message: string, advice: string];

const MOUNT = `sudo mount -t binfmt_misc binfmt_misc ${BINFMT_DIRECTORY}`;

const NOT_MOUNTED: Refusal = [
  'BINFMT_NOT_MOUNTED',
  `binfmt_misc is not mounted on ${BINFMT_DIRECTORY}, so there is no table of handlers to change`,
  `Mount it: ${MOUNT}`,
];

const ABSENT: Refusal = [
  'BINFMT_ABSENT',
  'This kernel has no binfmt_misc, or has not loaded it',
  `Load and mount it: sudo modprobe binfmt_misc && ${MOUNT}`,
];

const SWITCHED_OFF: Refusal = [
  'BINFMT_SWITCHED_OFF',
  'binfmt_misc is switched off as a whole, so the kernel uses none of its handlers',
  `Switch it on: echo 1 | sudo tee ${BINFMT_DIRECTORY}/status`,
];

const NOT_PERMITTED: Refusal = [
  'BINFMT_NOT_PERMITTED',
  'The table of handlers belongs to the host, and may not be changed from here',
  'Run it on the host itself, not in a container or a user namespace.',
];

/** By what open(2) of a file of binfmt_misc says. */
const OPEN_REFUSALS: Readonly<Record<string, Refusal>> = {
  ENOENT: NOT_MOUNTED,
  EACCES: NOT_PERMITTED,
  EPERM: NOT_PERMITTED,
  EROFS: [
    'BINFMT_READ_ONLY',
    'The table of handlers is mounted read-only, as containers have it',
    'Run it on the host itself, or in a container that is --privileged.',
  ],
};

/** By what write(2) to `register` says (fs/binfmt_misc.c, bm_register_write). */
function explainRegistration(errno: string, { name, interpreter }: BinfmtEntry): Refusal {
  switch (errno) {
    case 'ENOENT':
      return [
        'BINFMT_INTERPRETER_MISSING',
        `The kernel does not find the interpreter ${interpreter}`,
        'Install it again.',
      ];
    case 'EACCES':
    case 'EPERM':
      return [
        'BINFMT_INTERPRETER_NOT_EXECUTABLE',
        `The kernel may not execute ${interpreter}: its file system is mounted noexec, perhaps`,
        'Remount it with exec, or mount another file system there.',
      ];
    case 'EEXIST':
      return [
        'BINFMT_NAME_TAKEN',
        `There is an entry ${name} already, which is not archparity's`,
        `Look at it with archparity binfmt status, and remove it: echo -1 | sudo tee ${BINFMT_DIRECTORY}/${name}`,
      ];
    case 'EINVAL':
      return [
        'BINFMT_ENTRY_REFUSED',
        `The kernel does not take the entry ${name}`,
        'The flag F needs Linux 4.8 or newer: see uname -r.',
      ];
    default:
      return ['BINFMT_ENTRY_REFUSED', `The kernel does not take the entry ${name} (${errno})`, ''];
  }
}

function refuse([code, message, advice]: Refusal, cause?: unknown): ArchParityError {
  return new ArchParityError({
    code,
    message: `${message}.`,
    ...(advice === '' ? {} : { advice }),
    cause,
  });
}

/**
 * Opens a file of the table as it is: nothing is made where nothing is mounted.
 * @throws ArchParityError that says why not
 */
function openForWriting(path: string): number {
  try {
    return openSync(path, constants.O_WRONLY);
  } catch (error) {
    const refusal = OPEN_REFUSALS[errnoOf(error) ?? ''];
    throw refusal === undefined ? error : refuse(refusal, error);
  }
}

/**
 * Refuses a table in which nothing that is registered would be used.
 * @throws ArchParityError `BINFMT_ABSENT`, `BINFMT_NOT_MOUNTED`, `BINFMT_SWITCHED_OFF`
 */
export function requireUsableTable({ state, enabled }: HandlerTable): void {
  if (state === 'absent') throw refuse(ABSENT);
  if (state === 'not-mounted') throw refuse(NOT_MOUNTED);
  if (!enabled) throw refuse(SWITCHED_OFF);
}

/**
 * Registers an entry, which the kernel asks before those that are there.
 * @throws ArchParityError `BINFMT_…` that says what the kernel did not like
 */
export function registerEntry(entry: BinfmtEntry, directory = BINFMT_DIRECTORY): void {
  const file = openForWriting(join(directory, 'register'));
  try {
    // The kernel takes an entry by one write(2).
    writeSync(file, formatBinfmtEntry(entry));
  } catch (error) {
    throw refuse(explainRegistration(errnoOf(error) ?? '', entry), error);
  } finally {
    closeSync(file);
  }
}

function writeWord(name: string, word: string, directory: string): void {
  const file = openForWriting(join(directory, name));
  try {
    writeSync(file, word);
  } finally {
    closeSync(file);
  }
}

/** Removes an entry; what its interpreter runs goes on. @throws ArchParityError */
export function unregisterEntry(name: string, directory = BINFMT_DIRECTORY): void {
  writeWord(name, '-1', directory);
}

/**
 * Switches an entry on or off. Unlike one that was removed, an entry that is off keeps the file that it opened by F,
 * which may be that of a container that is long gone.
 * @throws ArchParityError
 */
export function switchEntry(name: string, on: boolean, directory = BINFMT_DIRECTORY): void {
  writeWord(name, on ? '1' : '0', directory);
}
