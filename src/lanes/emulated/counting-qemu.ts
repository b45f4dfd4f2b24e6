import { ArchParityError, hostPlatform, platformFacts, type Platform } from '../../core/index.ts';
import { readElf } from '../../image/index.ts';
import { findShippedProgram, installHint } from '../../process/index.ts';
import { findQemu } from './qemu.ts';

/** Where a case has the file that its processes count in (`plugin/count.c`). */
export const COUNT_FILE = '/dev/archparity-count';

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
 * @throws ArchParityError `PLUGIN_MISSING`, `PLUGIN_PATH_INVALID`
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
  // QEMU has no way to write a comma in the path of a plugin.
  if (!path.includes(',')) return path;
  throw new ArchParityError({
    code: 'PLUGIN_PATH_INVALID',
    message: `QEMU cannot load ${path}: there is a comma in the path.`,
    advice: 'Install archparity in a directory without one.',
  });
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
