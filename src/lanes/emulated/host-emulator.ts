import type { Platform } from '../../core/index.ts';
import { sha256File, type CacheEntryOptions } from '../../store/index.ts';
import { makeEmulator } from './prepare-emulator.ts';
import { findQemu, inspectQemu, requireStaticQemu, type Qemu } from './qemu.ts';

/** A QEMU that can be the host's handler for a platform, in the cache so far. */
export interface HostEmulator {
  readonly platform: Platform;
  /** The user's own. */
  readonly qemu: Qemu;
  /** What is to be registered, or a copy of it: derived where it gives itself a CPU model. */
  readonly path: string;
  /** Of the file at `path`, lower-case hex. */
  readonly sha256: string;
  /** Absent = QEMU's own default. */
  readonly cpu?: string;
  /** What the witness must answer as its CPU. */
  readonly cpuId: string;
}

type CacheOptions = Pick<CacheEntryOptions, 'cacheDir' | 'logger'>;

export interface HostEmulatorRequest extends CacheOptions {
  /** Path or name of a QEMU; absent = the one in PATH. */
  readonly qemu?: string;
  /** A model, or `default` for QEMU's own; absent = the fast one, as on lanes. */
  readonly cpu?: string;
}

/**
 * Finds, inspects and derives a QEMU for the host's table. It has no sysroot: in a container `/usr/TRIPLET` is the
 * container's.
 * @throws ArchParityError `QEMU_MISSING`, `QEMU_INVALID`, `QEMU_NOT_STATIC`, `QEMU_BROKEN`, `CPU_UNKNOWN`,
 *   `CACHE_NOT_EXECUTABLE`
 */
export async function prepareHostEmulator(
  platform: Platform,
  { qemu: wanted, cpu, ...options }: HostEmulatorRequest,
): Promise<HostEmulator> {
  const path = await findQemu(platform, wanted);
  requireStaticQemu(await inspectQemu(path, platform, options));
  const emulator = await makeEmulator({
    path,
    platform,
    cpu,
    sysroot: undefined,
    plugin: undefined,
    ...options,
  });
  return {
    platform,
    qemu: emulator.qemu,
    path: emulator.path,
    sha256: await sha256File(emulator.path),
    cpuId: emulator.cpuId,
    ...(emulator.cpu === undefined ? {} : { cpu: emulator.cpu }),
  };
}

/**
 * Those of some platforms for which this machine has a QEMU that can be a handler; the others with the reason.
 * @throws ArchParityError `QEMU_INVALID`
 */
export async function findHostQemus(
  platforms: readonly Platform[],
  options: CacheOptions,
): Promise<readonly { readonly platform: Platform; readonly problem?: string }[]> {
  return Promise.all(
    platforms.map(async (platform) => {
      const path = await findQemu(platform).catch(() => undefined);
      if (path === undefined) return { platform, problem: 'there is no QEMU for it' };
      const { isStatic } = await inspectQemu(path, platform, options);
      return isStatic ? { platform } : { platform, problem: `${path} is linked dynamically` };
    }),
  );
}
