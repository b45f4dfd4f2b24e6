// Drives the command line as a user does: as a child process, as root and as an ordinary user.
import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, inject } from 'vitest';
import type { Caller } from '../setup/test-machine.ts';

export type { Caller };

export const machine = inject('testMachine');
export const CALLERS = machine.callers;

/** Where a test is long and who calls matters little: the ordinary user; scripts/soak takes all. */
export const LEAST_CALLERS: readonly Caller[] =
  process.env['ARCHPARITY_ALL_CALLERS'] === undefined ? CALLERS.slice(-1) : CALLERS;

/** Root, or the only caller that there is: for what does not depend on who calls. */
export const anyCaller: Caller = (() => {
  const [first] = CALLERS;
  if (first === undefined) throw new Error('there is nobody to test as');
  return first;
})();

/** The ordinary user. */
export const unprivileged: Caller = CALLERS.at(-1) ?? anyCaller;

export const ROOT = resolve(import.meta.dirname, '../..');

/** The built program when ARCHPARITY_CLI is set (to its path, or to 1), else the sources. */
export const CLI = ((): string => {
  const wanted = process.env['ARCHPARITY_CLI'] ?? '';
  if (wanted === '') return join(ROOT, 'src/cli/bin.ts');
  return wanted.includes('/') ? resolve(wanted) : join(ROOT, 'dist/bin/archparity.cjs');
})();

/** A test's program for a platform, as scripts/build-test-programs makes them. */
export function program(name: string, architecture: 'arm64' | 'amd64' = 'arm64'): string {
  return join(ROOT, 'build/bin', architecture, name);
}

/** Reference of an image that scripts/build-images makes. */
export function image(name: string): string {
  return `oci:${join(ROOT, 'build/images', name)}:latest`;
}

/** A new directory that belongs to a caller. */
export function makeDirectory(caller: Caller, name = 'work'): string {
  const path = mkdtempSync(join(machine.directory, `${name}-`));
  chownSync(path, caller.uid, caller.gid);
  return path;
}

/** A directory below one of a caller's, theirs as well. */
export function makeSubdirectory(caller: Caller, parent: string, name: string): string {
  const path = join(parent, name);
  mkdirSync(path, { recursive: true });
  chownSync(path, caller.uid, caller.gid);
  return path;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** `null`: a pipe that the caller of this writes to. */
  readonly stdin?: string | Buffer | null;
  /** Instead of the program that is tested. */
  readonly cli?: string;
  /** A command that runs the program, e.g. `unshare -m`. */
  readonly through?: readonly string[];
  readonly node?: string;
}

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly bytes: { readonly stdout: Buffer; readonly stderr: Buffer };
}

/** A command line that runs. */
export interface RunningCli {
  readonly child: ChildProcess;
  readonly pid: number;
  /** What it has written so far. */
  stdout(): string;
  stderr(): string;
  readonly result: Promise<CliResult>;
}

/** The environment of a caller: nothing of ours leaks into what is tested. */
export function callerEnvironment(caller: Caller): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: caller.home,
    LANG: 'C.UTF-8',
    ARCHPARITY_CACHE: caller.cacheDir,
  };
}

const running = new Set<ChildProcess>();

// Where a test fails half-way, the program would go on, or stay stopped, for ever.
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a command line; the caller of this owns stdin when it is `null`. */
export function startCli(
  caller: Caller,
  args: readonly string[],
  options: CliOptions = {},
): RunningCli {
  const words = [
    ...(options.through ?? []),
    options.node ?? process.execPath,
    options.cli ?? CLI,
    ...args,
  ];
  const [file = '', ...rest] = words;
  const child = spawn(file, rest, {
    cwd: options.cwd ?? makeDirectory(caller),
    env: { ...callerEnvironment(caller), ...options.env },
    stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    // Started as root it becomes the caller, and loses root's groups (libuv's uv_spawn).
    ...(process.geteuid?.() === 0 ? { uid: caller.uid, gid: caller.gid } : {}),
  });
  running.add(child);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin?.on('error', () => undefined);
  if (options.stdin !== undefined && options.stdin !== null) child.stdin?.end(options.stdin);
  const result = new Promise<CliResult>((resolveResult, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      running.delete(child);
      const bytes = { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
      resolveResult({
        code,
        signal,
        stdout: bytes.stdout.toString(),
        stderr: bytes.stderr.toString(),
        bytes,
      });
    });
  });
  return {
    child,
    pid: child.pid ?? 0,
    stdout: () => Buffer.concat(stdout).toString(),
    stderr: () => Buffer.concat(stderr).toString(),
    result,
  };
}

/** Runs a command line to its end. */
export function runCli(
  caller: Caller,
  args: readonly string[],
  options: CliOptions = {},
): Promise<CliResult> {
  return startCli(caller, args, options).result;
}

/** This machine is shared and slow at times: whatever must happen within two seconds gets ten. */
export const PATIENCE_MS = 10_000;

/** Waits until `holds` is true. @throws Error that says what was waited for */
export async function waitFor(
  what: string,
  holds: () => boolean | Promise<boolean>,
  patienceMs = 30_000,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited in vain for: ${what}`);
    await new Promise((wake) => setTimeout(wake, 20));
  }
}
