import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { Duplex, type Readable, type Writable } from 'node:stream';
import { ArchParityError } from '../core/index.ts';
import { applyEnvironment, type EnvironmentChanges } from './environment.ts';
import type { CommandLogger } from './exec.ts';
import { quoteCommand, renderCommand } from './quote-command.ts';

export interface StartProcessOptions {
  readonly cwd?: string;
  /** On top of ours (or of nothing with `clearEnv`); `undefined` removes a variable. */
  readonly env?: EnvironmentChanges;
  readonly clearEnv?: boolean;
  /**
   * In a session of its own: the terminal's Ctrl-C and SIGHUP reach us alone. The child must then
   * notice our death by itself, e.g. by the end of its stdin.
   */
  readonly detached?: boolean;
  /** Defaults to `pipe`, which the caller must read: a child whose pipe is full stops. */
  readonly stderr?: 'pipe' | 'inherit' | 'ignore';
  /** So many two-way channels, which the child has as 3, 4, …. */
  readonly channels?: number;
  /** Our descriptors that the child gets after its channels. */
  readonly inheritFds?: readonly number[];
  readonly logger?: CommandLogger;
}

/** How a process ended: one of the two is set. */
export interface ProcessExit {
  readonly exitCode?: number;
  /** Symbolic name, e.g. `SIGKILL`. */
  readonly signal?: string;
}

/** A child that runs beside us, spoken to over pipes. */
export interface RunningProcess {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Present when piped. */
  readonly stderr?: Readable;
  /** As many as were asked for; each is a connected Unix socket. */
  readonly channels: readonly Duplex[];
  /** Resolves once it has ended; never rejects. Pipes that a grandchild holds may stay open. */
  readonly exited: Promise<ProcessExit>;
  /** Sends a signal (SIGTERM when none is named) to the process alone; false when it is gone. */
  kill(signal?: NodeJS.Signals): boolean;
}

/**
 * Starts a long-lived child with piped stdin and stdout. Uses `node:child_process` itself: this is
 * on the path of `archparity run`, where importing execa would cost more than the child.
 *
 * @throws ArchParityError `PROCESS_NOT_STARTED` (exit 3) when exec fails; `cause` has the errno.
 */
export async function startProcess(
  file: string,
  args: readonly string[] = [],
  options: StartProcessOptions = {},
): Promise<RunningProcess> {
  const { cwd, env, clearEnv = false, detached = false, logger, inheritFds = [] } = options;
  const channelSlots = Array.from({ length: options.channels ?? 0 }, () => 'pipe' as const);
  logger?.(renderCommand({ argv: [file, ...args], cwd, env }));
  let child: ChildProcess;
  try {
    child = spawn(file, args, {
      stdio: ['pipe', 'pipe', options.stderr ?? 'pipe', ...channelSlots, ...inheritFds],
      env: applyEnvironment(clearEnv ? {} : process.env, env),
      detached,
      ...(cwd === undefined ? {} : { cwd }),
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
  } catch (cause) {
    throw notStarted([file, ...args], cause);
  }
  // Attached before anything is awaited, so that the end of a short-lived child is not missed.
  const exited = waitForExit(child);
  const { pid, stdin, stdout, stderr } = child;
  if (pid === undefined || stdin === null || stdout === null) {
    throw notStarted([file, ...args], new Error('the child has no pipes'));
  }
  // A child that ends early breaks our pipe: its exit is what the caller looks at.
  stdin.on('error', () => undefined);
  const channels = child.stdio
    .slice(3, 3 + channelSlots.length)
    .filter((stream) => stream instanceof Duplex);
  for (const channel of channels) channel.on('error', () => undefined);
  return {
    pid,
    stdin,
    stdout,
    ...(stderr === null ? {} : { stderr }),
    channels,
    exited,
    kill: (signal = 'SIGTERM') => child.kill(signal),
  };
}

/** How a child ends; attached before anything is awaited. */
export function waitForExit(child: ChildProcess): Promise<ProcessExit> {
  return new Promise((resolve) => {
    const finish = (exitCode: number | null, signal: NodeJS.Signals | null): void =>
      resolve({
        ...(exitCode === null ? {} : { exitCode }),
        ...(signal === null ? {} : { signal }),
      });
    if (child.exitCode !== null || child.signalCode !== null) {
      finish(child.exitCode, child.signalCode);
    } else child.once('exit', finish);
    // After `spawn` an error is only a failed kill; unhandled it would end us.
    child.on('error', () => undefined);
  });
}

/** What is thrown when exec failed; `cause` has the errno. */
export function notStarted(argv: readonly string[], cause: unknown): ArchParityError {
  const errno =
    cause instanceof Error && 'code' in cause && typeof cause.code === 'string'
      ? cause.code
      : 'UNKNOWN';
  return new ArchParityError({
    code: 'PROCESS_NOT_STARTED',
    message: `Could not start ${quoteCommand(argv)} (${errno}).`,
    advice: 'Check that the program is there and executable.',
    cause,
  });
}

/** The number of a signal by its symbolic name, e.g. 9 for `SIGKILL`; `undefined` when unknown. */
export function signalNumber(name: string): number | undefined {
  return Object.entries(constants.signals).find(([candidate]) => candidate === name)?.[1];
}
