import type { CommandLogger } from '../../process/index.ts';
import type { QemuSystem } from './qemu-system.ts';
import type { VmAssets } from './vm-assets.ts';
import type { VmSettings } from './vm-settings.ts';

/** All that decides what a guest is. */
export interface GuestOptions {
  readonly settings: VmSettings;
  readonly qemu: QemuSystem;
  readonly assets: VmAssets;
  readonly cacheDir: string;
  readonly logger?: CommandLogger;
}
