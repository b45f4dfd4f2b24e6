import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { PLATFORMS, usageError, type Platform, type Subject } from '../../core/index.ts';
import {
  readElf,
  requireElfPlatform,
  requireWholeElf,
  type ImageConfig,
} from '../../image/index.ts';

/** A binary on this machine, checked. */
export interface BinarySubject {
  readonly kind: 'binary';
  /** Absolute, without links: what is executed. */
  readonly path: string;
  /** What argv[0] says, the same on every lane. */
  readonly name: string;
  readonly platform: Platform;
  readonly isStatic: boolean;
  /** The loader it asks for, when it is dynamic. */
  readonly interpreter?: string;
  /** Its loader in a sysroot, when an absolute link there leads out of the sysroot to it. */
  readonly linkedLoader?: LinkedFile;
}

/** Host paths of a link, and of the file that it means inside the sysroot. */
export interface LinkedFile {
  readonly link: string;
  readonly file: string;
}

/** An image, unpacked. */
export interface ImageSubject {
  readonly kind: 'image';
  /** Where it lies unpacked on this machine. */
  readonly root: string;
  /** Where the machine that runs its containers has it; absent = it is this one. */
  readonly rootThere?: string;
  /** Names the content and the owners of its files; absent for a directory of the user's. */
  readonly contentKey?: string;
  /** Of its manifest, which names it everywhere; absent for a directory of the user's. */
  readonly digest?: string;
  /** Where its verified copy lies, with what is known of it; absent for a directory of the user's. */
  readonly layoutDir?: string;
  /** Where it was found, for people; absent for a file. */
  readonly origin?: string;
  readonly config: ImageConfig;
  readonly platform: Platform;
}

export type LocalSubject = BinarySubject | ImageSubject;

/** Spellings of architectures as programs' names end in them, longest first. */
const ARCHITECTURE_WORDS = PLATFORMS.flatMap((facts) => [
  facts.oci.architecture,
  facts.debian,
  facts.uname,
  ...facts.aliases.filter((alias) => !alias.includes('/')),
])
  .toSorted((a, b) => b.length - a.length)
  .join('|');
const ARCHITECTURE_ENDING = new RegExp(`(?:(?:^|[-_.])(?:linux|${ARCHITECTURE_WORDS}))+$`);

/**
 * One name for the same program on all platforms: the file name without its architecture
 * (`app-amd64`, `app-arm64` → `app`), the name itself when there is one, else what all begin with.
 */
export function commonProgramName(paths: readonly string[]): string {
  const names = [...new Set(paths.map((path) => basename(path)))];
  if (names.length === 1) return names[0] ?? 'subject';
  const [first = '', ...others] = names.map((name) => name.replace(ARCHITECTURE_ENDING, ''));
  let length = 0;
  while (length < first.length && others.every((name) => name[length] === first[length]))
    length += 1;
  const whole = [first, ...others].every((name) => !/^[A-Za-z0-9]/.test(name.slice(length)));
  const common = first.slice(0, length);
  // A word that is common by its beginning only says nothing.
  const words = (whole ? common : common.replace(/[-_.][^-_.]*$/, '')).replace(/[-_.]+$/, '');
  return words === '' ? 'subject' : words;
}

/** Reads and checks a binary for a lane of `platform`. @throws ArchParityError `BINARY_…`, `ELF_…` (exit 2) */
export function openBinary(
  subject: Extract<Subject, { kind: 'binary' }>,
  platform: Platform,
): BinarySubject {
  const path = subject.paths[platform];
  if (path === undefined) {
    throw usageError(
      'BINARY_PLATFORM_MISSING',
      `There is no binary for ${platform}.`,
      `Give one: --binary ${platform}=PATH`,
    );
  }
  const facts = readElf(path);
  const actual = requireElfPlatform(facts, path);
  if (actual !== platform) {
    throw usageError(
      'BINARY_WRONG_PLATFORM',
      `${path} is a program for ${actual}, not for ${platform}.`,
      `Build it for ${platform}, or choose the platform that it is for: --platform ${actual}`,
    );
  }
  if (facts.type !== 'exec' && facts.type !== 'dyn') {
    throw usageError(
      'BINARY_NOT_A_PROGRAM',
      `${path} is an ELF file of type ${facts.type}, not a program.`,
      'Link it first.',
    );
  }
  requireWholeElf(facts, path);
  return {
    kind: 'binary',
    path: realpathSync.native(path),
    name: commonProgramName(Object.values(subject.paths)),
    platform,
    isStatic: facts.isStatic,
    ...(facts.interpreter === undefined ? {} : { interpreter: facts.interpreter }),
  };
}

/** Whether `path` lies in `directory` or is it. */
export function isInside(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
}
