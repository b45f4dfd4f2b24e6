import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchParityError, platformFacts, type LaneSpec, type Platform } from '../../core/index.ts';
import { createExec } from '../../process/index.ts';
import { withCacheEntry } from '../../store/index.ts';
import { placeWitness } from './ask-witness.ts';
import { chooseCpu, deriveCachedQemu, findQemu, inspectQemu, type Qemu } from './qemu.ts';

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

/** What the user's own QEMU, told by hand, says of the model: the derived one must say the same. */
async function readCpuId(
  qemu: Qemu,
  cpu: string | undefined,
  witness: string,
  cacheDir: string,
): Promise<string> {
  const key = createHash('sha256')
    .update(JSON.stringify([qemu.sha256, cpu, witness]))
    .digest('hex')
    .slice(0, 24);
  const directory = await withCacheEntry({ cacheDir, kind: 'cpu-id', key }, async (target) => {
    const args = [...(cpu === undefined ? [] : ['-cpu', cpu]), witness];
    const result = await createExec()(qemu.path, args, { timeoutMs: 20_000, input: '' });
    const word = /^archparity-witness \S+ (\S+)\n$/.exec(result.stdout)?.[1];
    if (word === undefined) {
      throw new ArchParityError({
        code: 'QEMU_BROKEN',
        message: `${qemu.path} (${qemu.version}) does not run a minimal program${cpu === undefined ? '' : ` with -cpu ${cpu}`}: ${result.stderr.trim() || JSON.stringify(result.stdout)}.`,
        advice: 'Use another QEMU: --lane emulated,qemu=PATH',
      });
    }
    await writeFile(join(target, 'cpu-id'), word);
  });
  return readFile(join(directory, 'cpu-id'), 'utf8');
}

/**
 * Finds, inspects and derives the QEMU of an emulated lane.
 * @throws ArchParityError `QEMU_MISSING`, `QEMU_INVALID`, `QEMU_BROKEN`, `CPU_UNKNOWN`, `SYSROOT_MISSING`
 */
export async function prepareEmulator(
  spec: LaneSpec,
  platform: Platform,
  cacheDir: string,
): Promise<Emulator> {
  const qemu = await inspectQemu(
    await findQemu(platform, spec.settings['qemu']),
    platform,
    cacheDir,
  );
  const cpu = chooseCpu(qemu, platform, spec.settings['cpu']);
  const sysroot = spec.settings['sysroot'] ?? findSysroot(platform);
  if (sysroot !== undefined && !existsSync(sysroot)) {
    throw new ArchParityError({
      code: 'SYSROOT_MISSING',
      message: `The sysroot ${sysroot} is not there.`,
      advice: 'Give a directory that holds the lib directories of the platform.',
      exitCode: 2,
    });
  }
  const [derived, witness] = await Promise.all([
    deriveCachedQemu(
      qemu,
      { ...(cpu === undefined ? {} : { cpu }), ...(sysroot === undefined ? {} : { sysroot }) },
      cacheDir,
    ),
    placeWitness(platform, cacheDir),
  ]);
  return {
    qemu,
    path: derived.path,
    cpuId: await readCpuId(qemu, cpu, witness, cacheDir),
    witness,
    ...(cpu === undefined ? {} : { cpu }),
    ...(sysroot === undefined ? {} : { sysroot }),
  };
}
