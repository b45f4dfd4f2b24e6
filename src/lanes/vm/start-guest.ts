import type { AgentClient } from '../../agent/index.ts';
import type { CommandLogger } from '../../process/index.ts';
import { Machine } from './machine.ts';
import type { QemuSystem } from './qemu-system.ts';
import type { VmAssets } from './vm-assets.ts';
import type { VmSettings } from './vm-settings.ts';

export interface GuestOptions {
  readonly settings: VmSettings;
  readonly qemu: QemuSystem;
  readonly assets: VmAssets;
  readonly cacheDir: string;
  readonly logger?: CommandLogger;
}

/** A guest that can be asked for things. */
export interface StartedGuest {
  readonly machine: Machine;
  readonly client: AgentClient;
  /** How it came to be, for people. */
  readonly how: string;
}

/** Boots a guest. @throws ArchParityError `VM_BOOT_FAILED` */
export async function startGuest(options: GuestOptions): Promise<StartedGuest> {
  const machine = await Machine.start({ ...options, memory: { kind: 'private' } });
  await machine.ready();
  return { machine, client: await machine.connect(), how: 'booted' };
}
