import { hostPlatform } from '../core/index.ts';
import { applyEnvironment, type EnvironmentChanges } from './environment.ts';
import { killTree } from './kill-tree.ts';
import { renderCommand } from './quote-command.ts';
import { findShippedProgram } from './shipped-program.ts';

/** Where a stream of a child goes: kept and returned, ours, or nowhere. */
export type StreamTarget = 'pipe' | 'inherit' | 'ignore';

export interface ExecOptions {
  readonly cwd?: string;
  /** On top of the environment of {@link createExec}; `undefined` removes a variable. */
  readonly env?: EnvironmentChanges;
  /** Given to stdin, which is empty otherwise. */
  readonly input?: string | Uint8Array;
  /** `inherit` gives the child our stdin, e.g. to ask for a password. */
  readonly stdin?: 'inherit' | 'ignore';
  /** The child shall not outlive us, whatever ends us. It has no stdin then. */
  readonly guarded?: boolean;
  readonly timeoutMs?: number;
  /** What the process tree gets between SIGTERM and SIGKILL. Defaults to 500. */
  readonly killGraceMs?: number;
  readonly cancelSignal?: AbortSignal;
  /** Bytes kept of each stream; a child that writes more is killed. Defaults to 64 MiB. */
  readonly maxBuffer?: number;
  readonly stdout?: StreamTarget;
  readonly stderr?: StreamTarget;
}

/** How a host command went. A failing child is data: {@link Exec} throws for none of these. */
export interface ExecResult {
  /** The command ready to paste into a shell. */
  readonly command: string;
  readonly exitCode?: number;
  /** Symbolic name, e.g. `SIGKILL`. */
  readonly signal?: string;
  /** As UTF-8, final newline kept; empty when not piped. */
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  /** Whether the child wrote more than `maxBuffer` and was killed for it. */
  readonly overflowed: boolean;
  /** Symbolic errno of the failed exec, e.g. `ENOENT`. */
  readonly failedToStart?: string;
  readonly durationMs: number;
}

/** Runs a host command to its end. */
export type Exec = (
  file: string,
  args?: readonly string[],
  options?: ExecOptions,
) => Promise<ExecResult>;

/** Told of each host command before it starts, as a line that a shell takes. */
export type CommandLogger = (command: string) => void;

export interface CreateExecOptions {
  readonly logger?: CommandLogger;
  /** The environment of all commands. Defaults to ours at the time of the call. */
  readonly env?: EnvironmentChanges;
}

const DEFAULT_MAX_BUFFER = 64 * 1024 * 1024;
const DEFAULT_KILL_GRACE_MS = 500;
/** How long pipes may stay open after the tree was killed: a daemon may have kept them. */
const ORPHANED_PIPE_MS = 500;

/**
 * Makes the function that all host commands go through. A timeout or a cancellation ends the whole
 * process tree (SIGTERM, grace, SIGKILL), not only the direct child.
 */
export function createExec({ logger, env: baseEnv = process.env }: CreateExecOptions = {}): Exec {
  return async (file, args = [], options = {}) => {
    // Loaded on first use: importing execa takes longer than most commands that need no child.
    const { execa } = await import('execa');
    const command = renderCommand({
      argv: [file, ...args],
      cwd: options.cwd,
      env: options.env,
    });
    logger?.(command);
    const startedAt = performance.now();
    const done = (result: Partial<ExecResult>): ExecResult => ({
      stdout: '',
      stderr: '',
      timedOut: false,
      cancelled: false,
      overflowed: false,
      ...result,
      command,
      durationMs: performance.now() - startedAt,
    });
    if (options.cancelSignal?.aborted === true) return done({ cancelled: true });

    const guarded = options.guarded === true ? guard(file, args) : undefined;
    const [program, words] = guarded ?? [file, args];
    const child = execa(program, words, {
      reject: false,
      stripFinalNewline: false,
      extendEnv: false,
      env: applyEnvironment(baseEnv, options.env),
      stdout: options.stdout ?? 'pipe',
      stderr: options.stderr ?? 'pipe',
      maxBuffer: options.maxBuffer ?? DEFAULT_MAX_BUFFER,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.input === undefined
        ? { stdin: guarded === undefined ? (options.stdin ?? 'ignore') : 'pipe' }
        : { input: options.input }),
    });
    const end: { reason?: 'timeout' | 'cancel' } = {};
    const stop = (reason: 'timeout' | 'cancel'): void => {
      if (end.reason !== undefined || child.pid === undefined) return;
      end.reason = reason;
      void killTree(child.pid, options.killGraceMs ?? DEFAULT_KILL_GRACE_MS).then(() =>
        setTimeout(() => {
          child.stdout?.destroy();
          child.stderr?.destroy();
        }, ORPHANED_PIPE_MS).unref(),
      );
    };
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => stop('timeout'), options.timeoutMs);
    const onAbort = (): void => stop('cancel');
    options.cancelSignal?.addEventListener('abort', onAbort, { once: true });
    const result = await child;
    clearTimeout(timer);
    options.cancelSignal?.removeEventListener('abort', onAbort);

    return done({
      ...(result.exitCode === undefined ? {} : { exitCode: result.exitCode }),
      ...(result.signal === undefined ? {} : { signal: result.signal }),
      ...(child.pid === undefined ? { failedToStart: result.code ?? 'UNKNOWN' } : {}),
      stdout: textOf(result.stdout),
      stderr: textOf(result.stderr),
      timedOut: end.reason === 'timeout',
      cancelled: end.reason === 'cancel',
      overflowed: result.isMaxBuffer,
    });
  };
}

/** Through our agent, which kills the program when its own stdin ends: ours, when we do. */
function guard(
  file: string,
  args: readonly string[],
): readonly [string, readonly string[]] | undefined {
  const agent = findShippedProgram({ name: 'agent', platform: hostPlatform() });
  return agent === undefined ? undefined : [agent, ['guard', file, ...args]];
}

function textOf(output: unknown): string {
  return typeof output === 'string' ? output : '';
}
