import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchParityError, platformFacts, type Platform } from '../../core/index.ts';
import { readElf } from '../../image/index.ts';
import { createExec, findTool, installHint, type Exec } from '../../process/index.ts';
import { hashFile, withCacheEntry, type CacheEntryOptions } from '../../store/index.ts';
import { deriveQemu, markUnlikeGuests } from './derive-qemu.ts';

/** A qemu-user program and what it says of itself. */
export interface Qemu {
  readonly path: string;
  /** Lower-case hex SHA-256. */
  readonly sha256: string;
  /** First line of `--version`, without the program's name. */
  readonly version: string;
  /** Needs no loader, so it works as a handler inside any root file system. */
  readonly isStatic: boolean;
  /** CPU models of `-cpu help`. */
  readonly cpus: readonly string[];
}

/** A QEMU with its CPU model and sysroot built in. */
export interface DerivedQemu {
  readonly path: string;
  /** The words that it gives itself. */
  readonly words: readonly string[];
  /** Host path of what it is linked with, where that is of its own. */
  readonly libraries?: string;
}

/** What a dynamically linked QEMU is to be linked with wherever it is executed. */
export interface QemuLibraries {
  /** Where it will find them. */
  readonly directory: string;
  /** Name there, and path on this machine. */
  readonly files: readonly { readonly name: string; readonly path: string }[];
}

type CacheOptions = Pick<CacheEntryOptions, 'cacheDir' | 'logger'>;

const FACTS = 'facts.json';

/** To be raised when a derived QEMU becomes another for the same QEMU and words. */
const DERIVATION = 2;

interface QemuFacts {
  readonly version: string;
  readonly isStatic: boolean;
  readonly cpus: readonly string[];
}

/**
 * The qemu-user program for a platform: `wanted` when it is given, else the static build in PATH,
 * else the dynamic one.
 * @throws ArchParityError `QEMU_MISSING` with the package to install
 */
export async function findQemu(
  platform: Platform,
  wanted?: string,
  order: readonly string[] = ['-static', ''],
): Promise<string> {
  const target = platformFacts(platform).qemuTarget;
  if (wanted !== undefined) {
    const path = findTool(wanted);
    if (path !== undefined) return path;
    throw new ArchParityError({
      code: 'QEMU_MISSING',
      message: `${wanted} is not an executable file.`,
      advice: `Give the path of a qemu-${target} program.`,
      exitCode: 2,
    });
  }
  for (const suffix of order) {
    const name = `qemu-${target}${suffix}`;
    const path = findTool(name);
    if (path !== undefined) return path;
  }
  throw new ArchParityError({
    code: 'QEMU_MISSING',
    message: `There is no qemu-${target}-static or qemu-${target} in PATH, so ${platform} programs cannot be emulated.`,
    advice: await installHint(`qemu-${target}-static`),
  });
}

/** Lists differ by target (`  MODEL`, `x86 MODEL …`, `MIPS 'MODEL'`): the model is one of the first two words. */
function readCpuList(text: string): string[] {
  const words = text.split('\n').flatMap((line) => line.trim().split(/\s+/).slice(0, 2));
  return [...new Set(words.map((word) => word.replaceAll("'", '')).filter((word) => word !== ''))];
}

async function askQemu(path: string, platform: Platform, exec: Exec): Promise<QemuFacts> {
  const version = await exec(path, ['--version'], { timeoutMs: 20_000 });
  const target = platformFacts(platform).qemuTarget;
  const line = version.stdout.split('\n')[0] ?? '';
  if (version.exitCode !== 0 || !line.startsWith(`qemu-${target} version`)) {
    throw new ArchParityError({
      code: 'QEMU_INVALID',
      message: `${path} is not a qemu-${target} program: "--version" says "${line || version.stderr.trim()}".`,
      advice: `Give the path of a qemu-${target} program.`,
      exitCode: 2,
    });
  }
  const help = await exec(path, ['-cpu', 'help'], { timeoutMs: 20_000 });
  return {
    version: line.replace(/^qemu-\S+ version /, ''),
    isStatic: readElf(path).isStatic,
    cpus: readCpuList(help.stdout),
  };
}

/**
 * What a QEMU says of itself, asked once per content.
 * @throws ArchParityError `QEMU_INVALID` (exit 2) when the program is something else
 */
export async function inspectQemu(
  path: string,
  platform: Platform,
  options: CacheOptions,
): Promise<Qemu> {
  const { cacheDir } = options;
  const sha256 = await hashFile(path, { cacheDir });
  const key = `${sha256.slice(0, 24)}-${platformFacts(platform).qemuTarget}`;
  let facts: QemuFacts | undefined;
  const read = async (directory: string): Promise<boolean> => {
    // Written by us, below; damaged, it is no JSON.
    facts = JSON.parse(await readFile(join(directory, FACTS), 'utf8')) as QemuFacts;
    return true;
  };
  await withCacheEntry({ ...options, kind: 'qemu-facts', key, verify: read }, async (target) => {
    facts = await askQemu(path, platform, createExec(options));
    await writeFile(join(target, FACTS), JSON.stringify(facts));
  });
  if (facts === undefined) throw new TypeError('facts of QEMU were neither read nor asked');
  return { path, sha256, ...facts };
}

/**
 * Refuses a QEMU that looks for its loader and libraries in the root of the program that it runs.
 * @throws ArchParityError `QEMU_NOT_STATIC`
 */
export function requireStaticQemu({ path, isStatic }: Qemu): void {
  if (isStatic) return;
  throw new ArchParityError({
    code: 'QEMU_NOT_STATIC',
    message: `${path} is linked dynamically, so it does not start in the root file systems of containers.`,
    advice: 'Install qemu-user-static, or name a static QEMU with --qemu PATH.',
  });
}

/** The word for a QEMU's own CPU model, whatever it is. */
const QEMU_DEFAULT_CPU = 'default';

/**
 * The CPU model to emulate: the one asked for, else the first fast one that this QEMU knows, else (or for
 * {@link QEMU_DEFAULT_CPU}) `undefined` for QEMU's own default.
 * @throws ArchParityError `CPU_UNKNOWN` (exit 2)
 */
export function chooseCpu(qemu: Qemu, platform: Platform, wanted?: string): string | undefined {
  const knows = (model: string): boolean => qemu.cpus.includes(model.split(',')[0] ?? model);
  if (wanted === undefined) return platformFacts(platform).fastCpus.find(knows);
  if (wanted === QEMU_DEFAULT_CPU) return undefined;
  if (knows(wanted)) return wanted;
  throw new ArchParityError({
    code: 'CPU_UNKNOWN',
    message: `QEMU ${qemu.version} does not know the CPU model "${wanted}".`,
    advice: `See ${qemu.path} -cpu help`,
    exitCode: 2,
  });
}

interface DerivationSettings {
  readonly cpu?: string;
  readonly sysroot?: string;
  /** `-plugin` as QEMU takes it. */
  readonly plugin?: string;
  readonly libraries?: QemuLibraries;
  /** A file that it logs the system calls of its guests to. */
  readonly traceFile?: string;
  /** Guests are programs of QEMU's own platform: a handler for them must not take QEMU for one. */
  readonly unlikeGuests?: boolean;
}

/**
 * A QEMU that gives itself `-cpu` and `-L`, made once per content and words.
 * @throws ArchParityError `QEMU_NOT_DERIVABLE`
 */
export async function deriveCachedQemu(
  qemu: Qemu,
  settings: DerivationSettings,
  options: CacheOptions,
): Promise<DerivedQemu> {
  const words = [
    ...(settings.cpu === undefined ? [] : ['-cpu', settings.cpu]),
    ...(settings.sysroot === undefined ? [] : ['-L', settings.sysroot]),
    ...(settings.traceFile === undefined ? [] : ['-d', 'strace', '-D', settings.traceFile]),
    // What QEMU gives its guests as random is the same each time, so that counts are, too.
    ...(settings.plugin === undefined ? [] : ['-plugin', settings.plugin, '-seed', '1']),
  ];
  const unlikeGuests = settings.unlikeGuests === true;
  if (words.length === 0 && !unlikeGuests) return { path: qemu.path, words };
  const { libraries } = settings;
  const linked =
    libraries === undefined
      ? []
      : [libraries.directory, await hashLibraries(libraries, options.cacheDir)];
  const key = createHash('sha256')
    .update(
      JSON.stringify([DERIVATION, qemu.sha256, words, ...(unlikeGuests ? [true] : []), ...linked]),
    )
    .digest('hex')
    .slice(0, 24);
  const directory = await withCacheEntry(
    { ...options, kind: 'derived-qemu', key },
    async (target) => {
      const derived = deriveQemu(await readFile(qemu.path), words, libraries?.directory);
      if (unlikeGuests) markUnlikeGuests(derived);
      await writeFile(join(target, 'qemu'), derived, { mode: 0o755 });
      if (libraries !== undefined) await copyLibraries(libraries, join(target, LIBRARIES));
    },
  );
  return {
    path: join(directory, 'qemu'),
    words,
    ...(libraries === undefined ? {} : { libraries: join(directory, LIBRARIES) }),
  };
}

const LIBRARIES = 'lib';

async function hashLibraries({ files }: QemuLibraries, cacheDir: string): Promise<string[]> {
  return Promise.all(files.map(({ path }) => hashFile(path, { cacheDir })));
}

async function copyLibraries({ files }: QemuLibraries, target: string): Promise<void> {
  await mkdir(target);
  for (const { name, path } of files) {
    await copyFile(path, join(target, name));
    await chmod(join(target, name), 0o755);
  }
}
