import { chmod, copyFile, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { agentPath } from '../../agent/index.ts';
import { ArchParityError, usageError } from '../../core/index.ts';
import type { CommandLogger } from '../../process/index.ts';
import {
  findCacheEntry,
  hashFile,
  makeDirectory,
  removeCacheEntry,
  withCacheEntry,
} from '../../store/index.ts';
import { listEntries, writeInitramfs } from './cpio.ts';
import { fetchGuestRoot, fetchKernel } from './guest-root.ts';
import { copyModules } from './kernel-modules.ts';
import type { VmSettings } from './vm-settings.ts';

/** Goes up when what is made from the packages changes. */
const RECIPE = '2';
/** Goes up when the initramfs is put together in another way. */
const ASSEMBLY = '1';
/** Where a guest has our agent. */
export const GUEST_AGENT = '/usr/lib/archparity/agent';

/** What a guest is booted from, as files of this machine. */
export interface VmAssets {
  readonly kernel: string;
  readonly initrd: string;
}

export interface AssetOptions {
  readonly cacheDir: string;
  readonly logger?: CommandLogger;
  /** Told when something is fetched, since that takes a while. */
  readonly onFetch?: (what: string) => void;
}

/** Where the kernel of Debian lies in the cache: `vmlinuz` and `modules/RELEASE`. */
export const kernelEntry = (cacheDir: string, pages: string) => ({
  cacheDir,
  kind: 'vm-kernel',
  key: `debian-${pages}-${RECIPE}`,
});
const rootEntry = (cacheDir: string) => ({ cacheDir, kind: 'vm-root', key: `debian-${RECIPE}` });

/** Whether what a guest is made of was fetched, so that a machine starts without asking anybody. */
export async function hasAssets(cacheDir: string, pages: '4k' | '16k'): Promise<boolean> {
  const found = await Promise.all(
    [kernelEntry(cacheDir, pages), rootEntry(cacheDir)].map(findCacheEntry),
  );
  return !found.includes(undefined);
}

/** Forgets what was fetched, so that it is fetched anew: newer packages. */
export async function forgetAssets(cacheDir: string, pages: '4k' | '16k'): Promise<void> {
  await removeCacheEntry(kernelEntry(cacheDir, pages));
  await removeCacheEntry(rootEntry(cacheDir));
}

/**
 * The kernel and the initramfs of a guest, from Debian's arm64 packages, fetched and assembled once.
 * @throws ArchParityError `PACKAGE_DOWNLOAD_FAILED`, `VM_BUILD_FAILED`, those of `withCacheEntry`
 */
export async function ensureAssets(settings: VmSettings, options: AssetOptions): Promise<VmAssets> {
  const { cacheDir, logger, onFetch } = options;
  const logged = logger === undefined ? {} : { logger };
  const root = await withCacheEntry({ ...rootEntry(cacheDir), ...logged }, async (target) => {
    onFetch?.('the guest’s libraries');
    await fetchGuestRoot(target, options);
  });
  if (settings.kernel !== undefined)
    return assemble({ root, kernel: settings.kernel, initrd: settings.initrd }, options);
  const kernel = await withCacheEntry(
    { ...kernelEntry(cacheDir, settings.pages), ...logged },
    async (target) => {
      onFetch?.(`a kernel with ${settings.pages} pages`);
      await fetchKernel(target, settings.pages, options);
    },
  );
  return assemble(
    { root, kernel: join(kernel, 'vmlinuz'), modules: join(kernel, 'modules') },
    options,
  );
}

interface Parts {
  readonly root: string;
  readonly kernel: string;
  /** `lib/modules` of the kernel. */
  readonly modules?: string;
  /** Somebody else's initramfs, whose modules are used. */
  readonly initrd?: string | undefined;
}

async function assemble(parts: Parts, { cacheDir, logger }: AssetOptions): Promise<VmAssets> {
  const logged = logger === undefined ? {} : { logger };
  const agent = agentPath('linux/arm64');
  const given = [parts.kernel, ...(parts.initrd === undefined ? [] : [parts.initrd])];
  const hashes = await Promise.all([agent, ...given].map((file) => hashOf(file, cacheDir)));
  const key = `${RECIPE}.${ASSEMBLY}-${hashes.map((hash) => hash.slice(0, 16)).join('-')}`;
  const directory = await withCacheEntry(
    { ...logged, cacheDir, kind: 'vm-initrd', key },
    async (target) => {
      const extra = join(target, '.extra');
      await copyAgent(agent, extra);
      if (parts.modules !== undefined) await copyAllModules(parts.modules, extra, logged);
      const before = parts.initrd === undefined ? undefined : await readFile(parts.initrd);
      const entries = [...(await listEntries(parts.root)), ...(await listEntries(extra))];
      await writeInitramfs(join(target, 'initrd'), entries, before);
      await rm(extra, { recursive: true });
    },
  );
  return { kernel: parts.kernel, initrd: join(directory, 'initrd') };
}

async function copyAgent(agent: string, extra: string): Promise<void> {
  const place = join(extra, GUEST_AGENT);
  makeDirectory(join(place, '..'));
  await copyFile(agent, place);
  await chmod(place, 0o755);
}

async function copyAllModules(
  modules: string,
  extra: string,
  logged: Pick<AssetOptions, 'logger'>,
): Promise<void> {
  for (const release of await readdir(modules))
    await copyModules(join(modules, release), join(extra, 'usr/lib/modules', release), logged);
}

async function hashOf(file: string, cacheDir: string): Promise<string> {
  try {
    return await hashFile(file, { cacheDir });
  } catch (cause) {
    if (cause instanceof ArchParityError) throw cause;
    throw usageError('VM_FILE_MISSING', `${file} cannot be read.`, 'Check the path.');
  }
}
