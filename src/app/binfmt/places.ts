import { join } from 'node:path';
import { platformFacts, PLATFORMS, type Platform } from '../../core/index.ts';
import { OWN_FILE_PREFIX, OWN_PREFIX } from '../../lanes/index.ts';

/** Where host-wide handlers and what is known of them are kept. */
export interface BinfmtPlaces {
  /** The programs that handlers run, and the state; root's, whom nobody else's files are to reach. */
  readonly directory: string;
  /** Read at boot: binfmt.d(5). */
  readonly declarations: string;
  /** Gone after a reboot, as the processes that could hold it. */
  readonly lock: string;
  /** Another one for each boot. */
  readonly bootId: string;
}

export const HOST_PLACES: BinfmtPlaces = {
  directory: '/var/lib/archparity/binfmt',
  declarations: '/etc/binfmt.d',
  lock: '/run/archparity/binfmt.lock',
  bootId: '/proc/sys/kernel/random/boot_id',
};

/** The entry of a platform. */
export function entryName(platform: Platform): string {
  return `${OWN_PREFIX}${platformFacts(platform).qemuTarget}`;
}

/** The entry that serves a platform while its other one is replaced. */
export function nextEntryName(platform: Platform): string {
  return `${entryName(platform)}-next`;
}

/** The platform that an entry of ours is for, by its name. */
export function findEntryPlatform(name: string): Platform | undefined {
  return PLATFORMS.find(
    ({ platform }) => name === entryName(platform) || name === nextEntryName(platform),
  )?.platform;
}

/** The file that has a platform's entry registered at boot. */
export function declarationFile({ declarations }: BinfmtPlaces, platform: Platform): string {
  return join(declarations, `${OWN_FILE_PREFIX}${platformFacts(platform).qemuTarget}.conf`);
}

/** Where a program that a handler runs is kept, by its content: what changes has another path. */
export function programFile(
  { directory }: BinfmtPlaces,
  platform: Platform,
  sha256: string,
): string {
  return join(directory, `qemu-${platformFacts(platform).qemuTarget}-${sha256.slice(0, 12)}`);
}
