import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  ArchParityError,
  hostPlatform,
  platformFacts,
  type LaneSpec,
  type Platform,
} from '../../core/index.ts';
import { createExec, type CommandLogger, type Exec } from '../../process/index.ts';
import { fileIdentity, markOf, openMemo } from '../../store/index.ts';
import { placeWitness } from './ask-witness.ts';
import {
  findCountingQemu,
  findLibraries,
  PLUGIN_ARGUMENT,
  requirePlugin,
} from './counting-qemu.ts';
import { witnessProgram } from './witness-programs.ts';
import { chooseCpu, deriveCachedQemu, findQemu, inspectQemu, type Qemu } from './qemu.ts';

/** To be raised when what is remembered or derived changes. */
const FORMAT = 5;

/** The emulator of a lane, ready to be registered or used as a prefix. */
export interface Emulator {
  readonly qemu: Qemu;
  /** The program to run: the derived QEMU, or the user's own when it needs no fixed arguments. */
  readonly path: string;
  /** Absent = QEMU's own default. */
  readonly cpu?: string;
  readonly sysroot?: string;
  /** What the witness must answer as its CPU. */
  readonly cpuId: string;
  readonly witness: string;
  /** It counts instructions: what it is linked with, to be had at `COUNTING_DIRECTORY`. */
  readonly libraries?: string;
}

/** Debian's cross libraries (`libc6-arm64-cross` and friends) lie in `/usr/TRIPLET`. */
function findSysroot(platform: Platform): string | undefined {
  const directory = `/usr/${platformFacts(platform).gnuTriplet}`;
  return existsSync(join(directory, 'lib')) ? directory : undefined;
}

/** What a QEMU, told by hand, says of its CPU. @throws ArchParityError `QEMU_BROKEN` */
async function readCpuId(exec: Exec, argv: readonly [string, ...string[]]): Promise<string> {
  const [qemu, ...args] = argv;
  const result = await exec(qemu, args, { timeoutMs: 20_000, input: '' });
  const word = /^archparity-witness \S+ (\S+)\n$/.exec(result.stdout)?.[1];
  if (word !== undefined) return word;
  throw new ArchParityError({
    code: 'QEMU_BROKEN',
    message: `${argv.join(' ')} does not run a minimal program: ${result.failedToStart ?? (result.stderr.trim() || JSON.stringify(result.stdout))}.`,
    advice: 'Use another QEMU: --lane emulated,qemu=PATH',
  });
}

export interface EmulatorOptions {
  /** From `ensureCacheRoot`. */
  readonly cacheDir: string;
  readonly countsInstructions?: boolean;
  readonly logger?: CommandLogger;
}

/**
 * Finds, inspects and derives the QEMU of an emulated lane. With a QEMU and settings that were seen
 * before, one small file is read.
 * @throws ArchParityError `QEMU_MISSING`, `QEMU_INVALID`, `QEMU_BROKEN`, `CPU_UNKNOWN`, `SYSROOT_MISSING`,
 *   `CACHE_NOT_EXECUTABLE`
 */
export async function prepareEmulator(
  spec: LaneSpec,
  platform: Platform,
  { cacheDir, countsInstructions = false, logger }: EmulatorOptions,
): Promise<Emulator> {
  const isOwn = platform === hostPlatform();
  const path = countsInstructions
    ? await findCountingQemu(platform, spec.settings['qemu'])
    : await findQemu(platform, spec.settings['qemu']);
  // A QEMU's default for amd64 has less than any processor that programs are compared on.
  const cpu = spec.settings['cpu'] ?? (countsInstructions && isOwn ? 'max' : undefined);
  const sysroot = spec.settings['sysroot'] ?? (isOwn ? undefined : findSysroot(platform));
  const plugin = countsInstructions ? requirePlugin() : undefined;
  if (sysroot !== undefined && !existsSync(sysroot)) {
    throw new ArchParityError({
      code: 'SYSROOT_MISSING',
      message: `The sysroot ${sysroot} is not there.`,
      advice: 'Give a directory that holds the lib directories of the platform.',
      exitCode: 2,
    });
  }
  const key = [
    FORMAT,
    platform,
    path,
    fileIdentity(path),
    cpu,
    sysroot,
    plugin === undefined ? undefined : [plugin, fileIdentity(plugin)],
    // Itself instead of its hash: loading node:crypto takes longer than all the rest of a known emulator.
    witnessProgram(platform).toString('base64'),
  ];
  const memo = openMemo<Remembered>({ cacheDir, kind: 'emulator-memo', key });
  const known = memo.recall();
  if (known?.marks !== undefined && known.marks === marksOf(known.emulator)) return known.emulator;
  const emulator = await makeEmulator({
    path,
    platform,
    cpu,
    sysroot,
    plugin,
    cacheDir,
    ...(logger === undefined ? {} : { logger }),
  });
  const marks = marksOf(emulator);
  if (marks !== undefined) await memo.remember({ emulator, marks });
  return emulator;
}

/** The QEMU of a lane once more, one that logs the system calls of its guests to a file that they see. */
export async function deriveTracingQemu(
  { cpu, qemu, sysroot }: Emulator,
  traceFile: string,
  options: Pick<EmulatorOptions, 'cacheDir' | 'logger'>,
): Promise<string> {
  const settings = {
    ...(cpu === undefined ? {} : { cpu }),
    ...(sysroot === undefined ? {} : { sysroot }),
    traceFile,
  };
  return (await deriveCachedQemu(qemu, settings, options)).path;
}

interface Remembered {
  readonly emulator: Emulator;
  /** What its files in the cache were. */
  readonly marks: string;
}

/** `undefined` when a file of it is gone. */
function marksOf({ path, witness }: Emulator): string | undefined {
  const marks = [markOf(path), markOf(witness)];
  return marks.includes(undefined) ? undefined : marks.join();
}

/** A QEMU that was found, and what it is to give itself. */
export interface EmulatorRequest extends EmulatorOptions {
  readonly path: string;
  readonly platform: Platform;
  readonly cpu: string | undefined;
  readonly sysroot: string | undefined;
  readonly plugin: string | undefined;
}

/** The derived QEMU is executed where it lies. EACCES for a file that we made executable: a noexec mount. */
async function requireExecutable(
  exec: Exec,
  derived: string,
  { path, cacheDir }: EmulatorRequest,
): Promise<void> {
  if (derived === path) return;
  const { failedToStart } = await exec(derived, ['--version'], { timeoutMs: 20_000 });
  if (failedToStart !== 'EACCES') return;
  throw new ArchParityError({
    code: 'CACHE_NOT_EXECUTABLE',
    message: `Programs in the cache ${cacheDir} cannot be run: its file system is mounted noexec.`,
    advice: 'Set ARCHPARITY_CACHE to a directory on a file system that lets programs run.',
  });
}

async function countingSettings({ path, platform, plugin }: EmulatorRequest, exec: Exec) {
  if (plugin === undefined) return {};
  return {
    plugin: PLUGIN_ARGUMENT,
    libraries: await findLibraries(path, plugin, exec),
    unlikeGuests: platform === hostPlatform(),
  };
}

/**
 * Inspects and derives a QEMU, and has it run the witness by hand.
 * @throws ArchParityError `QEMU_INVALID`, `QEMU_BROKEN`, `CPU_UNKNOWN`, `CACHE_NOT_EXECUTABLE`
 */
export async function makeEmulator(request: EmulatorRequest): Promise<Emulator> {
  const { platform, cacheDir, logger } = request;
  const options = { cacheDir, ...(logger === undefined ? {} : { logger }) };
  const qemu = await inspectQemu(request.path, platform, options);
  const cpu = chooseCpu(qemu, platform, request.cpu);
  const settings = {
    ...(cpu === undefined ? {} : { cpu }),
    ...(request.sysroot === undefined ? {} : { sysroot: request.sysroot }),
  };
  const exec = createExec(options);
  const counting = await countingSettings(request, exec);
  const [derived, witness] = await Promise.all([
    deriveCachedQemu(qemu, { ...settings, ...counting }, options),
    placeWitness(platform, options),
  ]);
  const { libraries } = derived;
  // What has libraries of its own runs where they are: in the lane, whose witness is asked the same.
  if (libraries === undefined) await requireExecutable(exec, derived.path, request);
  const byHand = readCpuId(exec, [
    ...([qemu.path] as const),
    ...(cpu === undefined ? [] : ['-cpu', cpu]),
    witness,
  ]);
  const [cpuId, derivedId] = await Promise.all([
    byHand,
    libraries === undefined ? readCpuId(exec, [derived.path, witness]) : byHand,
  ]);
  if (cpuId !== derivedId) {
    throw new ArchParityError({
      code: 'QEMU_BROKEN',
      message: `The QEMU derived from ${qemu.path} emulates CPU ${derivedId} instead of ${cpuId}.`,
      advice: 'Use another QEMU: --lane emulated,qemu=PATH',
    });
  }
  return {
    qemu,
    path: derived.path,
    cpuId,
    witness,
    ...settings,
    ...(libraries === undefined ? {} : { libraries }),
  };
}
