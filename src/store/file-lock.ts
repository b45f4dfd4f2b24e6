import { dirname } from 'node:path';
import { ArchParityError } from '../core/index.ts';
import {
  requireTool,
  startProcess,
  type CommandLogger,
  type RunningProcess,
} from '../process/index.ts';
import { makeDirectory } from './make-directory.ts';

/**
 * A lock between processes. The kernel holds it (flock(2)) for a helper that ends with its stdin, so
 * a holder that is killed with SIGKILL frees it at once, also across containers and PID namespaces,
 * where the pid in a lock file would mean nothing.
 */
export interface FileLock {
  /** Frees the lock; never throws. */
  release(): Promise<void>;
}

export interface AcquireLockOptions {
  /** Called once when the lock is not free at once. */
  readonly onWait?: () => void;
  readonly cancelSignal?: AbortSignal | undefined;
  readonly logger?: CommandLogger;
}

const WAIT_NOTICE_MS = 300;
/** flock(1) exits with this when the lock is taken; 1 could also come from the command. */
const CONFLICT_EXIT_CODE = 75;
/** Says that it has the lock, then sits on it until our end of the pipe closes. */
const HOLDER_SCRIPT = 'echo locked; exec cat >/dev/null';

/**
 * Waits for the lock of a file, which is made if need be and stays: removing lock files is a race.
 * @throws ArchParityError `LOCK_FAILED`, `LOCK_CANCELLED` or `TOOL_MISSING` (exit 3)
 */
export async function acquireLock(
  path: string,
  { onWait, cancelSignal, logger }: AcquireLockOptions = {},
): Promise<FileLock> {
  const holder = await startHolder(path, ['--exclusive'], logger);
  const notice = onWait === undefined ? undefined : setTimeout(onWait, WAIT_NOTICE_MS);
  const cancel = (): void => void holder.kill('SIGKILL');
  cancelSignal?.addEventListener('abort', cancel, { once: true });
  try {
    if (cancelSignal?.aborted === true) cancel();
    if (await hasLock(holder)) return { release: () => releaseLock(holder) };
  } finally {
    clearTimeout(notice);
    cancelSignal?.removeEventListener('abort', cancel);
  }
  // Killed in the moment of success, flock leaves its child with the lock: this ends that one too.
  holder.stdin.destroy();
  throw new ArchParityError({
    code: cancelSignal?.aborted === true ? 'LOCK_CANCELLED' : 'LOCK_FAILED',
    message: `Could not lock ${path}.`,
    advice: 'Check that the cache lies on a file system that supports flock.',
  });
}

/**
 * The lock of a file if it is free, else `undefined`.
 * @throws ArchParityError `TOOL_MISSING` (exit 3)
 */
export async function tryLock(path: string): Promise<FileLock | undefined> {
  const holder = await startHolder(path, [
    '--exclusive',
    '--nonblock',
    '--conflict-exit-code',
    String(CONFLICT_EXIT_CODE),
  ]);
  return (await hasLock(holder)) ? { release: () => releaseLock(holder) } : undefined;
}

async function startHolder(
  path: string,
  flags: readonly string[],
  logger?: CommandLogger,
): Promise<RunningProcess> {
  const flock = await requireTool('flock');
  makeDirectory(dirname(path));
  // Detached: the terminal's Ctrl-C must not free the lock while we still clean up.
  return startProcess(flock, [...flags, path, '/bin/sh', '-c', HOLDER_SCRIPT], {
    detached: true,
    stderr: 'ignore',
    ...(logger === undefined ? {} : { logger }),
  });
}

/** Whether the holder got the lock; false when it ended without. */
function hasLock(holder: RunningProcess): Promise<boolean> {
  return new Promise((resolve) => {
    holder.stdout.once('data', () => resolve(true));
    holder.stdout.once('end', () => resolve(false));
    holder.stdout.once('error', () => resolve(false));
  });
}

async function releaseLock(holder: RunningProcess): Promise<void> {
  holder.stdin.end();
  await holder.exited;
}
