// A host of one's own whose handlers may be changed: namespaces with a binfmt_misc, state and configuration of their own.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCli, runCli, waitFor, type Caller, type CliResult, type RunningCli } from './cli.ts';

const TABLE = '/proc/sys/fs/binfmt_misc';

/** Where a host's changes go, and all that of them is left. */
const OWN_DIRECTORIES = ['/var/lib', '/run', '/etc/binfmt.d'];

/** Mounts what is its own, says so, and lives as long as its stdin. */
const INSIDE = `
set -e
mount -t binfmt_misc binfmt_misc ${TABLE}
for directory in ${OWN_DIRECTORIES.join(' ')}; do mount -t tmpfs tmpfs "$directory"; done
echo ready
exec cat
`;

const ENTER = [
  'unshare',
  ...['--user', '--map-root-user', '--map-auto', '--mount', '--pid'],
  ...['--fork', '--kill-child', '--mount-proc'],
] as const;

export interface Entry {
  readonly name: string;
  readonly text: string;
  readonly enabled: boolean;
  readonly interpreter: string;
}

/** A user, mount and PID namespace in which the caller is root. */
export class BinfmtHost {
  readonly #caller: Caller;
  readonly #holder: ChildProcess;
  readonly #pid: number;

  private constructor(caller: Caller, holder: ChildProcess, pid: number) {
    this.#caller = caller;
    this.#holder = holder;
    this.#pid = pid;
  }

  static async open(caller: Caller): Promise<BinfmtHost> {
    const [file, ...words] = ENTER;
    const holder = spawn(file, [...words, 'sh', '-c', INSIDE], {
      stdio: ['pipe', 'pipe', 'inherit'],
      ...(process.geteuid?.() === 0 ? { uid: caller.uid, gid: caller.gid } : {}),
    });
    let said = '';
    holder.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await waitFor('a host of one’s own', () => said.includes('ready'));
    const [pid] = childrenOf(holder.pid ?? 0);
    if (pid === undefined) throw new Error('the host of one’s own has ended');
    return new BinfmtHost(caller, holder, pid);
  }

  close(): void {
    this.#holder.stdin?.end();
    this.#holder.kill('SIGKILL');
  }

  /** Goes before a command line. */
  get #through(): readonly [string, ...string[]] {
    return ['nsenter', '--target', String(this.#pid), '--user', '--mount', '--pid'];
  }

  run(...args: readonly string[]): Promise<CliResult> {
    return runCli(this.#caller, ['binfmt', ...args], { through: this.#through });
  }

  /** As a service that has neither a home nor anything else in its environment. */
  runWithoutHome(...args: readonly string[]): Promise<CliResult> {
    const bare = ['env', '-i', `PATH=${process.env['PATH'] ?? ''}`];
    return runCli(this.#caller, ['binfmt', ...args], { through: [...this.#through, ...bare] });
  }

  start(...args: readonly string[]): RunningCli {
    return startCli(this.#caller, ['binfmt', ...args], { through: this.#through });
  }

  /** Runs a command as root of the host, as one who knows nothing of archparity. */
  shell(script: string): string {
    const [file, ...args] = this.#through;
    return execFileSync(file, [...args, 'sh', '-c', script], {
      encoding: 'utf8',
      ...(process.geteuid?.() === 0 ? { uid: this.#caller.uid, gid: this.#caller.gid } : {}),
    });
  }

  /** The line is that of formatBinfmtEntry. */
  register(line: string): void {
    this.shell(`printf '%s' '${line}' > ${TABLE}/register`);
  }

  /** A path of the host as one of ours. */
  path(inside: string): string {
    return join('/proc', String(this.#pid), 'root', inside);
  }

  entries(): readonly Entry[] {
    return readdirSync(this.path(TABLE))
      .filter((name) => name !== 'register' && name !== 'status')
      .map((name) => {
        const text = readFileSync(this.path(join(TABLE, name)), 'utf8');
        const interpreter = /^interpreter (.*)$/m.exec(text)?.[1] ?? '';
        return { name, text, enabled: text.startsWith('enabled'), interpreter };
      });
  }

  /** What of archparity lies anywhere where it may write; a lock that the next boot takes away is nothing. */
  leftovers(): readonly string[] {
    return OWN_DIRECTORIES.flatMap((directory) =>
      readdirSync(this.path(directory), { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map(({ name }) => name)
        .filter((name) => name !== 'binfmt.lock'),
    );
  }
}

/** The children of a process; none when it has ended. */
export function childrenOf(pid: number): readonly number[] {
  try {
    const text = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8');
    return text
      .split(' ')
      .filter((word) => word !== '')
      .map(Number);
  } catch {
    return [];
  }
}
