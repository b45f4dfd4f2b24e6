import { readdirSync, realpathSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { ArchParityError, platformFacts, usageError, type Platform } from '../../core/index.ts';
import { inspectQemu } from '../../lanes/index.ts';
import { findTool } from '../../process/index.ts';
import type { QemuProgram } from './bisect-report.ts';
import {
  DEBIAN_SUITES,
  fetchDebianQemu,
  findDebianQemu,
  meansAbsent,
  openAbsence,
  type DebianOptions,
} from './debian-qemus.ts';
import { compareVersions, shortVersion } from './qemu-version.ts';

export interface QemuSearch extends DebianOptions {
  readonly cwd: string;
  /** Programs, and directories that hold some: nothing else is looked at then. */
  readonly programs: readonly string[];
  /** Debian releases to fetch from; none = all that the mirror has. */
  readonly suites: readonly string[];
  /** Only what is on the disk. */
  readonly offline: boolean;
  readonly now: () => number;
}

export interface FoundQemus {
  /** One of each version, the oldest first. */
  readonly qemus: readonly QemuProgram[];
  readonly notes: readonly string[];
}

interface Place {
  readonly path: string;
  readonly origin: string;
}

/** How deep a directory is searched that the user names: `build/qemu/trixie/qemu-aarch64`. */
const DEPTH = 2;

/**
 * The versions of QEMU that a case can be tried on: those that were named; otherwise those in PATH, in the cache
 * and, fetched from there, those of Debian's releases.
 * @throws ArchParityError `QEMU_MISSING`, `QEMU_INVALID` (exit 2) for what was named
 */
export async function findQemus(platform: Platform, search: QemuSearch): Promise<FoundQemus> {
  const { programs, cwd } = search;
  if (programs.length > 0) {
    const places = programs.flatMap((text) => namedPlaces(resolve(cwd, text), text, platform));
    return { qemus: await inspectAll(places, platform, search), notes: [] };
  }
  const debian = await debianPlaces(platform, search);
  const qemus = await inspectAll([...pathPlaces(platform), ...debian.places], platform, search);
  return { qemus: oneOfEach(qemus), notes: debian.notes };
}

function programNames(platform: Platform): readonly string[] {
  const { qemuTarget } = platformFacts(platform);
  return [`qemu-${qemuTarget}-static`, `qemu-${qemuTarget}`];
}

function namedPlaces(path: string, text: string, platform: Platform): readonly Place[] {
  const stat = lookAt(path);
  if (stat === undefined)
    throw usageError(
      'QEMU_MISSING',
      `There is no ${text}.`,
      'Give a qemu-user program, or a directory.',
    );
  if (!stat.isDirectory()) return [{ path, origin: text }];
  const found = programsBelow(path, platform, DEPTH);
  if (found.length > 0) return found.map((each) => ({ path: each, origin: each }));
  throw usageError(
    'QEMU_MISSING',
    `${text} holds no ${programNames(platform).join(' or ')}.`,
    'Give the program itself, or a directory that holds some.',
  );
}

function programsBelow(directory: string, platform: Platform, depth: number): readonly string[] {
  const own = programNames(platform).flatMap((name) => findTool(join(directory, name)) ?? []);
  if (depth === 0) return own;
  const below = entriesOf(directory)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
  return [
    ...own,
    ...below.flatMap((name) => programsBelow(join(directory, name), platform, depth - 1)),
  ];
}

/** What may not be looked at is not there for us. */
function lookAt(path: string) {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function entriesOf(directory: string) {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

function pathPlaces(platform: Platform): readonly Place[] {
  const directories = (process.env['PATH'] ?? '').split(delimiter);
  return directories
    .filter((directory) => directory.startsWith('/'))
    .flatMap((directory) => programNames(platform).map((name) => join(directory, name)))
    .flatMap((path) => findTool(path) ?? [])
    .map((path) => ({ path, origin: 'PATH' }));
}

/** What Debian's releases have: of each what the cache holds, else what the mirror gives. */
async function debianPlaces(
  platform: Platform,
  search: QemuSearch,
): Promise<{ readonly places: readonly Place[]; readonly notes: readonly string[] }> {
  const places: Place[] = [];
  const notes: string[] = [];
  for (const suite of search.suites.length === 0 ? DEBIAN_SUITES : search.suites) {
    search.cancelSignal.throwIfAborted();
    const origin = `Debian ${suite}`;
    const cached = await findDebianQemu(suite, platform, search);
    if (cached !== undefined) places.push({ path: cached, origin });
    else if (search.offline) continue;
    else {
      const fetched = await tryFetch(suite, platform, search);
      if ('path' in fetched) places.push({ path: fetched.path, origin });
      else notes.push(fetched.note);
    }
  }
  return { places, notes };
}

async function tryFetch(
  suite: string,
  platform: Platform,
  search: QemuSearch,
): Promise<{ readonly path: string } | { readonly note: string }> {
  const absence = openAbsence(suite, search);
  // Who names a release wants it looked for.
  if (search.suites.length === 0 && absence.isKnown(search.now()))
    return { note: `Debian ${suite} is not on this machine's mirror` };
  try {
    return { path: await fetchDebianQemu(suite, platform, search) };
  } catch (error) {
    if (!(error instanceof ArchParityError) || search.cancelSignal.aborted) throw error;
    if (!meansAbsent(error)) return { note: `Debian ${suite} was left out: ${error.message}` };
    await absence.remember(search.now());
    return { note: `Debian ${suite} is not on this machine's mirror` };
  }
}

/** What each says of itself, each file once, by version. */
async function inspectAll(
  places: readonly Place[],
  platform: Platform,
  { cacheDir, logger, programs }: QemuSearch,
): Promise<readonly QemuProgram[]> {
  const options = { cacheDir, ...(logger === undefined ? {} : { logger }) };
  const seen = new Set<string>();
  const found: QemuProgram[] = [];
  for (const { path, origin } of places) {
    const real = realpathSync(path);
    if (seen.has(real)) continue;
    seen.add(real);
    try {
      const { version, cpus } = await inspectQemu(path, platform, options);
      found.push({ version, path, origin, cpus });
    } catch (error) {
      // Something in PATH that only has the name is no reason to stop.
      if (programs.length > 0 || !(error instanceof ArchParityError)) throw error;
    }
  }
  return found.toSorted((a, b) => compareVersions(a.version, b.version));
}

/** Rebuilds of one version behave alike: the first that was found stands for them. */
function oneOfEach(qemus: readonly QemuProgram[]): readonly QemuProgram[] {
  const taken = new Set<string>();
  return qemus.filter(({ version }) => {
    const short = shortVersion(version);
    if (taken.has(short)) return false;
    taken.add(short);
    return true;
  });
}
