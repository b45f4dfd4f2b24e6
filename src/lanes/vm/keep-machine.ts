import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ArchParityError, usageError } from '../../core/index.ts';
import { createExec, readStartTime } from '../../process/index.ts';
import { acquireLock, makeDirectory } from '../../store/index.ts';
import {
  connectTo,
  keptDirectory,
  keptPaths,
  listKept,
  type KeptMachine,
} from './kept-machines.ts';
import { qemuArguments } from './qemu-arguments.ts';
import { Qmp } from './qmp.ts';
import { ensureSnapshot, leaveMemoryOut, stateUri, type SnapshotFiles } from './snapshot.ts';
import type { GuestOptions } from './guest-options.ts';

/** sun_path of a Unix socket's address, with its NUL (unix(7)). */
const SOCKET_PATH_BYTES = 108;
const RESUMES_WITHIN_MS = 60_000;

/**
 * Starts a machine that runs until it is stopped, whatever becomes of us. Its sockets are in a directory
 * that only its owner may enter.
 * @throws ArchParityError `VM_RUNS_ALREADY` (exit 2), `VM_START_FAILED`, those of `bootWithSnapshot`
 */
export async function keepMachine(
  root: string,
  id: string,
  options: GuestOptions,
): Promise<KeptMachine> {
  const directory = keptDirectory(root, id);
  const paths = keptPaths(directory);
  if (Buffer.byteLength(paths.agent) >= SOCKET_PATH_BYTES)
    throw new ArchParityError({
      code: 'VM_PATH_TOO_LONG',
      message: `The path of the machine's socket is too long: ${paths.agent}.`,
      advice: 'Set XDG_RUNTIME_DIR, or ARCHPARITY_CACHE to a shorter path.',
    });
  const snapshot = await ensureSnapshot(options);
  const lock = await acquireLock(
    join(options.cacheDir, 'locks', 'kept-vm', `${basename(directory)}.lock`),
  );
  try {
    if ((await listKept(root)).some((kept) => kept.id === id))
      throw usageError(
        'VM_RUNS_ALREADY',
        `The microVM "${id}" runs already.`,
        'See archparity vm status, or name another: archparity vm start --lane NAME=vm,…',
      );
    await rm(directory, { recursive: true, force: true });
    makeDirectory(directory, 0o700);
    return await start(id, directory, { ...options, snapshot });
  } finally {
    await lock.release();
  }
}

async function start(
  id: string,
  directory: string,
  options: GuestOptions & { readonly snapshot: SnapshotFiles },
): Promise<KeptMachine> {
  const { logger, qemu, settings, snapshot } = options;
  const paths = keptPaths(directory);
  const argv = qemuArguments({
    ...options,
    memory: { kind: 'resumed', file: snapshot.memory },
    sockets: { agent: paths.agent, qmp: paths.qmp, console: paths.console },
  });
  try {
    const exec = createExec(logger === undefined ? {} : { logger });
    const args = [...argv.slice(1), '-daemonize', '-pidfile', paths.pid];
    const result = await exec(qemu.path, args, { timeoutMs: RESUMES_WITHIN_MS });
    if (result.exitCode !== 0) throw startFailed(result.stderr.trim());
    const pid = Number((await readFile(paths.pid, 'utf8')).trim());
    await resume(paths.qmp, snapshot.state);
    const kept: KeptMachine = {
      id,
      pid,
      startTime: readStartTime(pid) ?? '',
      startedAt: new Date().toISOString(),
      qemu: qemu.version,
      cpu: qemu.cpu,
      pages: settings.kernel ?? settings.pages,
      memoryMb: settings.memoryMb,
    };
    await writeFile(paths.facts, JSON.stringify(kept));
    return kept;
  } catch (error) {
    await endStarted(paths.pid);
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

async function resume(socketPath: string, state: string): Promise<void> {
  const socket = await connectTo(socketPath);
  const qmp = new Qmp(socket);
  try {
    await leaveMemoryOut(qmp);
    await qmp.execute('migrate-incoming', { uri: stateUri('read', state) });
    const deadline = performance.now() + RESUMES_WITHIN_MS;
    for (;;) {
      const { status } = (await qmp.execute('query-status')) as { status?: string };
      if (status === 'running') return;
      if (performance.now() > deadline) throw startFailed(`it stays ${status ?? 'silent'}`);
      await delay(5);
    }
  } finally {
    socket.destroy();
  }
}

/** A QEMU that runs, but that nobody knows of. */
async function endStarted(pidFile: string): Promise<void> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  const facts = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8').catch(() => '');
  if (pid > 1 && facts.includes(pidFile)) process.kill(pid, 'SIGKILL');
}

function startFailed(said: string): ArchParityError {
  return new ArchParityError({
    code: 'VM_START_FAILED',
    message: `The microVM could not be started: ${said}.`,
    advice: 'Run again with --verbose for its command line.',
  });
}
