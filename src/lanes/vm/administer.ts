import type { LaneSpec } from '../../core/index.ts';
import { keepMachine } from './keep-machine.ts';
import { keptRoot, type KeptMachine } from './kept-machines.ts';
import { prepareQemuSystem, type QemuSystem } from './qemu-system.ts';
import { ensureSnapshot } from './snapshot.ts';
import type { GuestOptions } from './guest-options.ts';
import { ensureAssets, forgetAssets, type AssetOptions, type VmAssets } from './vm-assets.ts';
import { readVmSettings } from './vm-settings.ts';

export { machineArguments } from './qemu-arguments.ts';
export { hasAssets } from './vm-assets.ts';
export { openKeptShell, type KeptShell, type ShellRequest } from './kept-shell.ts';
export { findKept, keptRoot, listKept, stopKept, type KeptMachine } from './kept-machines.ts';

async function prepareGuest(spec: LaneSpec, options: AssetOptions): Promise<GuestOptions> {
  const settings = readVmSettings(spec);
  const qemu = await prepareQemuSystem(settings, options);
  const assets = await ensureAssets(settings, options);
  const { cacheDir, logger } = options;
  return { settings, qemu, assets, cacheDir, ...(logger === undefined ? {} : { logger }) };
}

/** What a microVM is made from, as it was built. */
export interface BuiltMachine extends VmAssets {
  readonly memory: string;
  readonly qemu: string;
  readonly cpu: string;
}

/**
 * Makes all that a lane needs: kernel, initramfs, and a snapshot.
 * @param options - `fresh` fetches the packages anew
 * @throws ArchParityError as `openVmLane`
 */
export async function buildMachine(
  spec: LaneSpec,
  options: AssetOptions & { readonly fresh: boolean },
): Promise<BuiltMachine> {
  if (options.fresh) await forgetAssets(options.cacheDir, readVmSettings(spec).pages);
  const guest = await prepareGuest(spec, options);
  const { memory } = await ensureSnapshot(guest);
  return { ...guest.assets, memory, qemu: guest.qemu.version, cpu: guest.qemu.cpu };
}

/** Starts a machine that runs until it is stopped. @throws ArchParityError as `keepMachine` */
export async function startMachine(spec: LaneSpec, options: AssetOptions): Promise<KeptMachine> {
  const guest = await prepareGuest(spec, options);
  return keepMachine(keptRoot(options.cacheDir), spec.id, guest);
}

/** The QEMU of a lane's machines. @throws ArchParityError as `prepareQemuSystem` */
export async function findMachineQemu(
  spec: LaneSpec,
  options: Pick<AssetOptions, 'cacheDir' | 'logger'>,
): Promise<QemuSystem> {
  return prepareQemuSystem(readVmSettings(spec), options);
}
