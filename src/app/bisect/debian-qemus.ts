import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchParityError, hostPlatform, platformFacts, type Platform } from '../../core/index.ts';
import { readElf } from '../../image/index.ts';
import { createExec, findTool, requireTool, type CommandLogger } from '../../process/index.ts';
import {
  downloadPackages,
  findCacheEntry,
  findMirror,
  openMemo,
  withCacheEntry,
  type CacheEntryOptions,
} from '../../store/index.ts';

/** The releases of Debian that are asked for their QEMU, oldest first; a mirror may lack some. */
export const DEBIAN_SUITES = [
  'bullseye',
  'bookworm',
  'bookworm-backports',
  'trixie',
  'trixie-backports',
  'forky',
  'sid',
] as const;

/** In releases before Debian 13 the static programs have a package of their own. */
const OLD_SUITE = /^(?:buster|bullseye|bookworm|oldstable|oldoldstable)(?:-|$)/;
const SUITE_NAME = /^[a-z][a-z0-9-]*$/;
/** How long a mirror that lacks a release is not asked for it again. */
const ABSENCE_MS = 7 * 24 * 3_600_000;

export interface DebianOptions {
  readonly cacheDir: string;
  readonly logger?: CommandLogger;
  readonly cancelSignal: AbortSignal;
  /** Told before something is fetched, which takes a while. */
  readonly say: (note: string) => void;
}

/** Whether a word can be the name of a release. */
export function isSuiteName(text: string): boolean {
  return SUITE_NAME.test(text);
}

const entryOf = (suite: string, platform: Platform, { cacheDir, logger }: DebianOptions) => ({
  cacheDir,
  kind: 'debian-qemu',
  key: `${suite}-${platformFacts(platform).qemuTarget}`,
  ...(logger === undefined ? {} : { logger }),
});

/** The QEMU of a Debian release that was fetched before. */
export async function findDebianQemu(
  suite: string,
  platform: Platform,
  options: DebianOptions,
): Promise<string | undefined> {
  const entry = await findCacheEntry(entryOf(suite, platform, options));
  return entry === undefined ? undefined : programIn(entry, platform);
}

/**
 * The QEMU of a Debian release, fetched into the cache when it is not there, from the mirror of this
 * machine's apt, which verifies it.
 * @throws ArchParityError `MIRROR_UNKNOWN`, `PACKAGE_DOWNLOAD_FAILED`, `DEBIAN_QEMU_MISSING`, those of `withCacheEntry`
 */
export async function fetchDebianQemu(
  suite: string,
  platform: Platform,
  options: DebianOptions,
): Promise<string> {
  const entry: CacheEntryOptions = {
    ...entryOf(suite, platform, options),
    cancelSignal: options.cancelSignal,
  };
  const directory = await withCacheEntry(entry, async (target) => {
    options.say(`fetching the QEMU of Debian ${suite}`);
    await unpackQemu(suite, { ...options, platform, target });
  });
  return programIn(directory, platform);
}

function programIn(directory: string, platform: Platform): string {
  return join(directory, `qemu-${platformFacts(platform).qemuTarget}`);
}

interface UnpackOptions extends DebianOptions {
  readonly platform: Platform;
  readonly target: string;
}

async function unpackQemu(suite: string, options: UnpackOptions): Promise<void> {
  const packages = ['qemu-user', 'qemu-user-static'];
  const inOrder = OLD_SUITE.test(suite) ? packages.toReversed() : packages;
  let problem: ArchParityError | undefined;
  for (const name of inOrder) {
    options.cancelSignal.throwIfAborted();
    try {
      if (await unpackPackage(suite, name, options)) return;
    } catch (error) {
      if (!(error instanceof ArchParityError) || meansAbsent(error)) throw error;
      problem ??= error;
    }
  }
  const name = `qemu-${platformFacts(options.platform).qemuTarget}`;
  throw problem ?? missing(suite, `its packages have no static ${name}`);
}

/** Whether a package has the program as one that needs nothing else. */
async function unpackPackage(
  suite: string,
  name: string,
  { platform, target, logger }: UnpackOptions,
): Promise<boolean> {
  const logged = logger === undefined ? {} : { logger };
  const work = join(target, '.work');
  const files = await downloadPackages({
    directory: join(work, 'apt'),
    mirror: await findMirror(suite),
    suite,
    architecture: platformFacts(hostPlatform()).debian,
    packages: [name],
    leaveOut: [],
    ...logged,
  });
  const file = files.find((one) => one.name === name);
  if (file === undefined) throw missing(suite, `it has no package ${name}`);
  const root = join(work, 'root');
  const dpkg = await requireTool('dpkg-deb');
  const { exitCode, stderr } = await createExec(logged)(dpkg, ['--extract', file.path, root]);
  if (exitCode !== 0) throw missing(suite, `${name} could not be unpacked: ${stderr.trim()}`);
  const found = findStatic(join(root, 'usr/bin'), platform);
  if (found !== undefined) await copyFile(found, programIn(target, platform));
  await rm(work, { recursive: true });
  return found !== undefined;
}

/** A program that needs no libraries of its release, which this machine may not have. */
function findStatic(directory: string, platform: Platform): string | undefined {
  const name = `qemu-${platformFacts(platform).qemuTarget}`;
  return [`${name}-static`, name]
    .flatMap((each) => findTool(join(directory, each)) ?? [])
    .find((path) => readElf(path).isStatic);
}

function missing(suite: string, why: string): ArchParityError {
  return new ArchParityError({
    code: 'DEBIAN_QEMU_MISSING',
    message: `Debian ${suite} gives no QEMU: ${why}.`,
    advice: 'Leave it out: name the releases with --debian, or programs with --qemu.',
  });
}

/** Remembers that a mirror lacks a release, so that it is not asked each time. */
export function openAbsence(suite: string, { cacheDir }: DebianOptions) {
  const memo = openMemo<number>({ cacheDir, kind: 'debian-qemu-absent', key: suite });
  return {
    isKnown: (now: number): boolean => now - (memo.recall() ?? 0) < ABSENCE_MS,
    remember: async (now: number): Promise<void> => memo.remember(now),
  };
}

/** Whether a download failed because the mirror has no such release, not because it cannot be reached. */
export function meansAbsent(error: ArchParityError): boolean {
  return (
    error.code === 'DEBIAN_QEMU_MISSING' ||
    /does not have a Release file|404 +Not Found|no longer has a Release file/.test(error.message)
  );
}
