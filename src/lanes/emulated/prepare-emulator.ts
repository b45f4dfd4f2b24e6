import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ArchParityError, platformFacts, type LaneSpec, type Platform } from '../../core/index.ts';
import { createExec } from '../../process/index.ts';
import { fileIdentity, markOf, openMemo } from '../../store/index.ts';
import { placeWitness, witnessKey } from './ask-witness.ts';
import { chooseCpu, deriveCachedQemu, findQemu, inspectQemu, type Qemu } from './qemu.ts';

/** To be raised when what is remembered or derived changes. */
const FORMAT = 2;

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
}

/** Debian's cross libraries (`libc6-arm64-cross` and friends) lie in `/usr/TRIPLET`. */
function findSysroot(platform: Platform): string | undefined {
  const directory = `/usr/${platformFacts(platform).gnuTriplet}`;
  return existsSync(join(directory, 'lib')) ? directory : undefined;
}

/** What a QEMU, told by hand, says of its CPU. @throws ArchParityError `QEMU_BROKEN` */
async function readCpuId(qemu: string, args: readonly string[], witness: string): Promise<string> {
  const result = await createExec()(qemu, [...args, witness], { timeoutMs: 20_000, input: '' });
  const word = /^archparity-witness \S+ (\S+)\n$/.exec(result.stdout)?.[1];
  if (word !== undefined) return word;
  throw new ArchParityError({
    code: 'QEMU_BROKEN',
    message: `${[qemu, ...args].join(' ')} does not run a minimal program: ${result.stderr.trim() || JSON.stringify(result.stdout)}.`,
    advice: 'Use another QEMU: --lane emulated,qemu=PATH',
  });
}

/**
 * Finds, inspects and derives the QEMU of an emulated lane. With a QEMU and settings that were seen
 * before, one small file is read.
 * @throws ArchParityError `QEMU_MISSING`, `QEMU_INVALID`, `QEMU_BROKEN`, `CPU_UNKNOWN`, `SYSROOT_MISSING`
 */
export async function prepareEmulator(
  spec: LaneSpec,
  platform: Platform,
  cacheDir: string,
): Promise<Emulator> {
  const path = await findQemu(platform, spec.settings['qemu']);
  const cpu = spec.settings['cpu'];
  const sysroot = spec.settings['sysroot'] ?? findSysroot(platform);
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
    await fileIdentity(path),
    cpu,
    sysroot,
    witnessKey(platform),
  ];
  const memo = openMemo<Remembered>({ cacheDir, kind: 'emulator-memo', key });
  const known = memo.recall();
  if (known?.marks !== undefined && known.marks === marksOf(known.emulator)) return known.emulator;
  const emulator = await makeEmulator({ path, platform, cacheDir, cpu, sysroot });
  const marks = marksOf(emulator);
  if (marks !== undefined) await memo.remember({ emulator, marks });
  return emulator;
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

interface EmulatorRequest {
  readonly path: string;
  readonly platform: Platform;
  readonly cacheDir: string;
  readonly cpu: string | undefined;
  readonly sysroot: string | undefined;
}

async function makeEmulator(request: EmulatorRequest): Promise<Emulator> {
  const { platform, cacheDir } = request;
  const qemu = await inspectQemu(request.path, platform, cacheDir);
  const cpu = chooseCpu(qemu, platform, request.cpu);
  const settings = {
    ...(cpu === undefined ? {} : { cpu }),
    ...(request.sysroot === undefined ? {} : { sysroot: request.sysroot }),
  };
  const [derived, witness] = await Promise.all([
    deriveCachedQemu(qemu, settings, cacheDir),
    placeWitness(platform, cacheDir),
  ]);
  const [cpuId, derivedId] = await Promise.all([
    readCpuId(qemu.path, cpu === undefined ? [] : ['-cpu', cpu], witness),
    readCpuId(derived.path, [], witness),
  ]);
  if (cpuId !== derivedId) {
    throw new ArchParityError({
      code: 'QEMU_BROKEN',
      message: `The QEMU derived from ${qemu.path} emulates CPU ${derivedId} instead of ${cpuId}.`,
      advice: 'Use another QEMU: --lane emulated,qemu=PATH',
    });
  }
  return { qemu, path: derived.path, cpuId, witness, ...settings };
}
