import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { isAbsolute, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { usageError } from '../../core/index.ts';
import { readStartTime } from '../../process/index.ts';
import { Qmp } from './qmp.ts';

/** A machine that is kept for people, by its own process: nobody else's end ends it. */
export interface KeptMachine {
  /** The lane as it was asked for. */
  readonly id: string;
  readonly pid: number;
  /** Of the process, by the kernel: a pid that was given to another is told apart. */
  readonly startTime: string;
  readonly startedAt: string;
  readonly qemu: string;
  readonly cpu: string;
  readonly pages: string;
  readonly memoryMb: number;
}

/** How long a QEMU that was told to quit may take. */
const QUITS_WITHIN_MS = 3000;

/**
 * Where kept machines have their sockets: the user's runtime directory, whose paths are short enough for
 * sockets, else the cache.
 */
export function keptRoot(
  cacheDir: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const runtime = env['XDG_RUNTIME_DIR'];
  const hasRuntime = runtime !== undefined && isAbsolute(runtime) && existsSync(runtime);
  return hasRuntime ? join(runtime, 'archparity', 'vm') : join(cacheDir, 'kept-vm');
}

/** The directory of one kept machine. */
export function keptDirectory(root: string, id: string): string {
  return join(root, createHash('sha256').update(id).digest('hex').slice(0, 12));
}

/** The paths in it. */
export function keptPaths(
  directory: string,
): Readonly<Record<'facts' | 'agent' | 'qmp' | 'console' | 'pid', string>> {
  return {
    facts: join(directory, 'machine.json'),
    agent: join(directory, 'agent'),
    qmp: join(directory, 'qmp'),
    console: join(directory, 'console.log'),
    pid: join(directory, 'pid'),
  };
}

async function readKept(directory: string): Promise<KeptMachine | undefined> {
  try {
    // Written by us (keep-machine.ts).
    return JSON.parse(await readFile(keptPaths(directory).facts, 'utf8')) as KeptMachine;
  } catch {
    return undefined;
  }
}

/** The machines that run; what is left of others is swept. */
export async function listKept(root: string): Promise<KeptMachine[]> {
  const names = await readdir(root).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const kept = await readKept(join(root, name));
      if (kept === undefined) return [];
      if (readStartTime(kept.pid) === kept.startTime) return [kept];
      await rm(join(root, name), { recursive: true, force: true });
      return [];
    }),
  );
  return found.flat().toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
}

/** @throws ArchParityError `VM_NOT_RUNNING` (exit 2) */
export async function findKept(root: string, id: string): Promise<KeptMachine> {
  const kept = (await listKept(root)).find((machine) => machine.id === id);
  if (kept !== undefined) return kept;
  throw usageError(
    'VM_NOT_RUNNING',
    `There is no microVM "${id}" running.`,
    id === 'vm' ? 'Start it: archparity vm start' : 'See archparity vm status for those that run.',
  );
}

/** Ends a kept machine and removes all of it. */
export async function stopKept(root: string, kept: KeptMachine): Promise<void> {
  const directory = keptDirectory(root, kept.id);
  const isAlive = (): boolean => readStartTime(kept.pid) === kept.startTime;
  try {
    const socket = await connectTo(keptPaths(directory).qmp);
    await new Qmp(socket).execute('quit').finally(() => socket.destroy());
  } catch {
    // It does not listen any more; the signal below is for that.
  }
  const deadline = performance.now() + QUITS_WITHIN_MS;
  while (isAlive() && performance.now() < deadline) await delay(10);
  if (isAlive()) process.kill(kept.pid, 'SIGKILL');
  await rm(directory, { recursive: true, force: true });
}

/** Connects to a socket of a kept machine. @throws the error of connect(2) */
export function connectTo(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}
