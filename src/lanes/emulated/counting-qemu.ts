import type { MountOperation } from '../../agent/index.ts';
import { ArchParityError, hostPlatform, platformFacts, type Platform } from '../../core/index.ts';
import { readElf } from '../../image/index.ts';
import { findShippedProgram, installHint, type Exec } from '../../process/index.ts';
import { listLinkedLibraries } from '../tools/linked-libraries.ts';
import { notDerivable } from './elf-program.ts';
import { LOADER_NAME } from './own-libraries.ts';
import { findQemu, type QemuLibraries } from './qemu.ts';

/** Where cases, and the lane itself, have what a counting QEMU is linked with. */
export const COUNTING_DIRECTORY = '/dev/archparity/counting';
/** Where a case has the file that its processes count in (`plugin/count.c`). */
export const COUNT_FILE = '/dev/archparity/count';

const PLUGIN_NAME = 'count.so';
/** `-plugin` as QEMU takes it. */
export const PLUGIN_ARGUMENT = `file=${COUNTING_DIRECTORY}/${PLUGIN_NAME},out=${COUNT_FILE}`;

/**
 * A QEMU that can load plugins: the dynamic build. The static ones are made without.
 * @throws ArchParityError `QEMU_MISSING`, `QEMU_WITHOUT_PLUGINS` with the package to install
 */
export async function findCountingQemu(platform: Platform, wanted?: string): Promise<string> {
  const path = await findQemu(platform, wanted, ['', '-static']);
  if (!readElf(path).isStatic) return path;
  const target = platformFacts(platform).qemuTarget;
  throw new ArchParityError({
    code: 'QEMU_WITHOUT_PLUGINS',
    message: `${path} is linked statically and loads no plugins, so instructions of ${platform} cannot be counted.`,
    advice: `Debian 12's package qemu-user has a qemu-${target} that does. ${await installHint(`qemu-${target}`)}`,
  });
}

/**
 * Our plugin, as this installation has it.
 * @throws ArchParityError `PLUGIN_MISSING`
 */
export function requirePlugin(): string {
  const path = findShippedProgram({ name: 'plugin', platform: hostPlatform() });
  if (path === undefined) {
    throw new ArchParityError({
      code: 'PLUGIN_MISSING',
      message: 'There is no plugin that counts instructions in this installation.',
      advice:
        'In a checkout run ./scripts/setup, which builds it; otherwise install the package again.',
    });
  }
  return path;
}

/** Gives a lane, whose machine has no such directory, what its counting QEMU is linked with. */
export function placeLibraries(libraries: string): MountOperation[] {
  return [
    { kind: 'devices', target: '/dev' },
    // The user's cache may lie there.
    { kind: 'bind', source: '/dev/shm', target: '/dev/shm', readonly: false },
    { kind: 'bind', source: libraries, target: COUNTING_DIRECTORY, readonly: true },
  ];
}

/**
 * What a counting QEMU needs wherever it is executed: its loader, all of its libraries, and our plugin.
 * @throws ArchParityError `QEMU_BROKEN` for a program whose libraries are missing, `QEMU_NOT_DERIVABLE`
 */
export async function findLibraries(
  qemu: string,
  plugin: string,
  exec: Exec,
): Promise<QemuLibraries> {
  const linked = await listLinkedLibraries(qemu, exec);
  if (linked === undefined) throw notDerivable('it is not dynamically linked');
  if ('problem' in linked)
    throw new ArchParityError({
      code: 'QEMU_BROKEN',
      message: `The libraries of ${qemu} are not all there: ${linked.problem}.`,
      advice: 'Install the package again that it is from, or name another QEMU.',
    });
  const files = [
    { name: LOADER_NAME, path: linked.loader },
    { name: PLUGIN_NAME, path: plugin },
    ...linked.files,
  ];
  return { directory: COUNTING_DIRECTORY, files };
}

/**
 * Counting needs every process of a case under the QEMU of the lane, and a file of the case's own.
 * @throws ArchParityError `INSTRUCTIONS_UNSUPPORTED`
 */
export function requireCounting(translation: string, isolated: boolean, mode: string): void {
  if (translation === 'private' && isolated) return;
  throw new ArchParityError({
    code: 'INSTRUCTIONS_UNSUPPORTED',
    message: `Instructions cannot be counted without namespaces and a private binfmt_misc: ${mode}.`,
    advice: 'archparity doctor says why there are none.',
  });
}
