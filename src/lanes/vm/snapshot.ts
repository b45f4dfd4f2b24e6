import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ArchParityError } from '../../core/index.ts';
import { createExec, quoteCommand, type CommandLogger } from '../../process/index.ts';
import {
  fileIdentity,
  findCacheEntry,
  removeCacheEntry,
  withCacheEntry,
  type CacheEntryOptions,
} from '../../store/index.ts';
import { Machine } from './machine.ts';
import { DEVICES, STATE_FD } from './qemu-arguments.ts';
import type { Qmp } from './qmp.ts';
import type { GuestOptions } from './guest-options.ts';

/** A guest that waits for its greeting, as files: its memory, and all else of its machine. */
const MEMORY = 'memory';
const STATE = 'state';

/** Where a guest's snapshot lies: named by all that went into it. */
export function snapshotEntry(options: GuestOptions): CacheEntryOptions {
  const { assets, cacheDir, logger, qemu, settings } = options;
  const [kernel, initrd] = [fileIdentity(assets.kernel), fileIdentity(assets.initrd)];
  const parts = [
    DEVICES,
    [qemu.path, qemu.identity, qemu.cpu, qemu.accelerator],
    [settings.memoryMb, settings.cpus],
    [assets.kernel, kernel, assets.initrd, initrd],
  ];
  const key = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);
  // Its memory is large, and a guest that does not answer makes a new one.
  return {
    cacheDir,
    kind: 'vm-snapshot',
    key,
    ...(logger === undefined ? {} : { logger }),
    expendable: true,
  };
}

/** Resumes a snapshot; the guest waits for its greeting. `undefined` when there is none. */
export async function resumeSnapshot(
  entry: CacheEntryOptions,
  options: GuestOptions,
): Promise<Machine | undefined> {
  const directory = await findCacheEntry(entry);
  if (directory === undefined) return undefined;
  const state = await open(join(directory, STATE), 'r');
  try {
    const machine = await Machine.start({
      ...options,
      memory: { kind: 'resumed', file: join(directory, MEMORY) },
      inheritFds: [state.fd],
    });
    // Its answers matter not: a machine that did not take the state does not answer the greeting.
    void leaveMemoryOut(machine.qmp).catch(() => undefined);
    void machine.qmp
      .execute('migrate-incoming', { uri: `fd:${String(STATE_FD)}` })
      .catch(() => undefined);
    return machine;
  } finally {
    await state.close();
  }
}

/** Forgets a snapshot that cannot be resumed. */
export async function forgetSnapshot(entry: CacheEntryOptions): Promise<void> {
  await removeCacheEntry(entry);
}

/**
 * Boots a guest and makes a snapshot of it on the way. The guest goes on, unless another process has
 * made the snapshot meanwhile: then there is none.
 * @throws ArchParityError `VM_BOOT_FAILED`, `VM_SNAPSHOT_FAILED`, those of `withCacheEntry`
 */
export async function bootWithSnapshot(
  entry: CacheEntryOptions,
  options: GuestOptions,
): Promise<Machine | undefined> {
  const started: { machine?: Machine } = {};
  try {
    await withCacheEntry(entry, async (target) => {
      const machine = await Machine.start({ ...options, memory: { kind: 'shared' } });
      started.machine = machine;
      await machine.ready();
      await machine.qmp.execute('stop');
      await Promise.all([
        saveState(machine, join(target, STATE)),
        copySparse(machine.memoryFile(), join(target, MEMORY), options.logger),
      ]);
      await machine.qmp.execute('cont');
    });
    return started.machine;
  } catch (error) {
    await started.machine?.close();
    throw error;
  }
}

/** The memory is in a file of its own already. */
export async function leaveMemoryOut(qmp: Qmp): Promise<void> {
  await qmp.execute('migrate-set-capabilities', {
    capabilities: [{ capability: 'x-ignore-shared', state: true }],
  });
}

/** Writes all of a stopped guest's machine but the memory. */
async function saveState({ qmp }: Machine, file: string): Promise<void> {
  await leaveMemoryOut(qmp);
  await qmp.execute('migrate', { uri: stateUri('write', file) });
  for (;;) {
    const answer = await qmp.execute('query-migrate');
    const status = (answer as { status?: string; 'error-desc'?: string }).status;
    if (status === 'completed') return;
    if (status === 'failed' || status === 'cancelled')
      throw snapshotFailed((answer as { 'error-desc'?: string })['error-desc'] ?? status);
    await delay(2);
  }
}

/** Where QEMU reads or writes the state of a machine: 7.2 knows no files there, but commands. */
export function stateUri(what: 'read' | 'write', file: string): string {
  const quoted = quoteCommand([file]);
  return what === 'read' ? `exec:cat ${quoted}` : `exec:cat > ${quoted}`;
}

/** Most of a guest's memory was never touched. */
async function copySparse(from: string, to: string, logger?: CommandLogger): Promise<void> {
  const exec = createExec(logger === undefined ? {} : { logger });
  const result = await exec('cp', ['--sparse=always', '--', from, to]);
  if (result.exitCode !== 0) throw snapshotFailed(result.stderr.trim());
}

function snapshotFailed(reason: string): ArchParityError {
  return new ArchParityError({
    code: 'VM_SNAPSHOT_FAILED',
    message: `No snapshot of the microVM could be made: ${reason}.`,
    advice: 'See that there is room in the cache, or set ARCHPARITY_CACHE.',
  });
}

/** A snapshot as files of this machine. */
export interface SnapshotFiles {
  readonly memory: string;
  readonly state: string;
}

/** The files of a snapshot, which is made when there is none. @throws ArchParityError as `bootWithSnapshot` */
export async function ensureSnapshot(options: GuestOptions): Promise<SnapshotFiles> {
  const entry = snapshotEntry(options);
  let directory = await findCacheEntry(entry);
  while (directory === undefined) {
    const machine = await bootWithSnapshot(entry, options);
    await machine?.close();
    directory = await findCacheEntry(entry);
  }
  return { memory: join(directory, MEMORY), state: join(directory, STATE) };
}
