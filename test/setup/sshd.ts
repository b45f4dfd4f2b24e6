// Real sshds on loopback with keys, known hosts and client configurations of their own.
import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { killTree, listProcessTree } from '../../src/process/kill-tree.ts';

/** Who serves and who logs in: the same user, so that the sshd needs no root when the user is not. */
export interface SshUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

export function currentUser(): SshUser {
  const { username, uid, gid } = userInfo();
  return { name: username, uid, gid };
}

export interface SshdOptions {
  /** Where the files are made; everybody may enter it. */
  readonly parent: string;
  readonly user?: SshUser;
  /** Lines of sshd_config(5). */
  readonly config?: readonly string[];
  /** Runs in the mount namespace of the sshd before it starts; only as root. */
  readonly mounts?: string;
}

export interface Sshd {
  readonly port: number;
  readonly user: SshUser;
  readonly directory: string;
  /** The client's private key, which this sshd accepts. */
  readonly identity: string;
  /** Lines for a known_hosts file, with `place` as ssh writes host and port. */
  knownHost(place: string): string;
  /** `SHA256:…` of the host key. */
  readonly fingerprint: string;
  log(): string;
  /** Kills the processes of all connections, not the listener. */
  cutSessions(): void;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** A key pair of a user. */
export function makeKey(path: string, { uid, gid }: SshUser): string {
  execFileSync('ssh-keygen', [
    '-q',
    '-t',
    'ed25519',
    '-N',
    '',
    '-C',
    'archparity-test',
    '-f',
    path,
  ]);
  for (const file of [path, `${path}.pub`]) chownSync(file, uid, gid);
  return path;
}

function ownDirectory(parent: string, { uid, gid }: SshUser, name: string): string {
  const path = mkdtempSync(join(parent, name));
  chmodSync(path, 0o755);
  chownSync(path, uid, gid);
  return path;
}

async function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (value: boolean): void => {
      socket.destroy();
      resolve(value);
    };
    socket.once('data', () => answer(true));
    socket.once('error', () => answer(false));
    socket.setTimeout(2000, () => answer(false));
  });
}

/** As root sshd insists on /run/sshd, which a machine that runs none has not. */
const AS_ROOT =
  '[ -d /run/sshd ] || { mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd; } && eval "$1" && shift && exec "$@"';

/** Starts an sshd until the test that asks for it has finished. */
export async function startSshd(options: SshdOptions): Promise<Sshd> {
  const user = options.user ?? currentUser();
  const directory = ownDirectory(options.parent, user, 'sshd-');
  const hostKey = makeKey(join(directory, 'host_key'), user);
  const identity = makeKey(join(directory, 'identity'), user);
  const authorized = join(directory, 'authorized_keys');
  writeFileSync(authorized, readFileSync(`${identity}.pub`));
  const port = await freePort();
  const file = join(directory, 'sshd_config');
  writeFileSync(
    file,
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${hostKey}`,
      `AuthorizedKeysFile ${authorized}`,
      `PidFile none`,
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin yes',
      'UseDNS no',
      'LogLevel VERBOSE',
      ...(options.config ?? []),
      '',
    ].join('\n'),
  );
  const sshd = ['/usr/sbin/sshd', '-D', '-e', '-f', file];
  const words =
    user.uid === 0
      ? ['unshare', '--mount', 'sh', '-c', AS_ROOT, 'sh', options.mounts ?? ':', ...sshd]
      : sshd;
  const [program = '', ...args] = words;
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '' },
    ...(process.geteuid?.() === 0 ? { uid: user.uid, gid: user.gid } : {}),
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const { pid = 0 } = child;
  const cutSessions = (): void => {
    for (const member of listProcessTree(pid)) if (member !== pid) tryKill(member);
  };
  onTestFinished(async () => {
    cutSessions();
    await killTree(pid, 200);
  });
  for (let tries = 0; !(await isListening(port)); tries += 1) {
    if (tries > 200 || child.exitCode !== null) throw new Error(`sshd did not start: ${log}`);
    await sleep(50);
  }
  const [type = '', key = ''] = readFileSync(`${hostKey}.pub`, 'utf8').split(' ');
  return {
    port,
    user,
    directory,
    identity,
    knownHost: (place) => `${place} ${type} ${key}\n`,
    fingerprint:
      /SHA256:\S+/.exec(execFileSync('ssh-keygen', ['-lf', `${hostKey}.pub`]).toString())?.[0] ??
      '',
    log: () => log,
    cutSessions,
  };
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** One host of a client's configuration. */
export interface ClientHost {
  readonly alias: string;
  readonly sshd: Sshd;
  /** Instead of the sshd's own. */
  readonly port?: number;
  readonly identity?: string;
  /** Its key is not in known_hosts. */
  readonly unknown?: boolean;
  /** Lines of ssh_config(5). */
  readonly more?: readonly string[];
}

/** Writes a client configuration. @returns its path */
export function writeClientConfig(
  parent: string,
  hosts: readonly ClientHost[],
  user: SshUser = currentUser(),
): string {
  const directory = ownDirectory(parent, user, 'ssh-client-');
  const knownHosts = join(directory, 'known_hosts');
  writeFileSync(knownHosts, '');
  const lines = hosts.flatMap(({ alias, sshd, port = sshd.port, identity, unknown, more }) => {
    if (unknown !== true) appendFileSync(knownHosts, sshd.knownHost(`[127.0.0.1]:${port}`));
    return [
      `Host ${alias}`,
      'HostName 127.0.0.1',
      `Port ${port}`,
      `User ${sshd.user.name}`,
      `IdentityFile ${identity ?? sshd.identity}`,
      ...(more ?? []),
    ];
  });
  const file = join(directory, 'config');
  writeFileSync(
    file,
    [
      ...lines,
      'Host *',
      'IdentitiesOnly yes',
      'IdentityAgent none',
      `UserKnownHostsFile ${knownHosts}`,
      'GlobalKnownHostsFile /dev/null',
      '',
    ].join('\n'),
  );
  for (const path of [file, knownHosts]) {
    chmodSync(path, 0o644);
    chownSync(path, user.uid, user.gid);
  }
  return file;
}

/** A line between a client and an sshd that counts, and that can fail as networks do. */
export interface Wire {
  readonly port: number;
  /** Bytes from the client so far. */
  sent(): number;
  /** Resets all connections. */
  cut(): void;
  /** Lets nothing through any more, without a word to either side. */
  stall(): void;
  /** Accepts connections from now on, and is silent. */
  stallNew(): void;
}

/** Puts a wire in front of a port until the test has finished. */
export async function startWire(target: number): Promise<Wire> {
  let sent = 0;
  let silent = false;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    if (silent) {
      sockets.add(near.on('error', () => undefined));
      return;
    }
    const far = connect(target, '127.0.0.1');
    near.on('data', (chunk: Buffer) => (sent += chunk.length));
    near.pipe(far);
    far.pipe(near);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  onTestFinished(() => {
    cut();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    sent: () => sent,
    cut,
    stall: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    stallNew: () => {
      silent = true;
    },
  };
}

/** A directory for a host's state that belongs to its user. */
export function makeStateDirectory(parent: string, user: SshUser = currentUser()): string {
  mkdirSync(parent, { recursive: true });
  return ownDirectory(parent, user, 'state-');
}
