import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentClient, MountOperation } from '../../agent/index.ts';
import { ArchParityError, type Platform } from '../../core/index.ts';
import { createExec, requireTool, type CommandLogger } from '../../process/index.ts';
import { makeDirectory } from '../../store/index.ts';
import { runtimeEnvironment } from '../attempt/runtime-command.ts';
import { askWitness, verifyWitness } from '../emulated/ask-witness.ts';
import type { Emulator } from '../emulated/prepare-emulator.ts';
import { requireStaticQemu } from '../emulated/qemu.ts';
import { mountPrivateBinfmt, registerHandler } from '../emulated/register-handler.ts';
import { openAgent } from '../local/open-agent.ts';
import { awaitDaemon, type DaemonProcess } from './await-daemon.ts';
import { answersHere, answersThere } from './daemon-answers.ts';

export interface PrivateDaemonOptions {
  /**
   * Absolute, empty, ours: its socket lies there, and below it nothing else that anybody outside sees. Absent = in
   * its namespaces, where its agent alone can reach it.
   */
  readonly directory?: string;
  /** Programs of this platform run in its containers; absent = those of this machine alone. */
  readonly emulation?: {
    readonly platform: Platform;
    readonly emulator: Emulator;
    /** The emulator with its fast CPU, or the user's own QEMU as anybody else would register it. */
    readonly kind: 'tuned' | 'plain';
  };
  /** Without `emulation`: handlers of this machine hold in its containers, too. */
  readonly keepsHandlers?: boolean;
  /** Bytes that its images and layers may take; default: half of the memory, as tmpfs has it. */
  readonly storeBytes?: number;
  readonly logger?: CommandLogger;
}

/** A docker daemon in namespaces of its own, which nobody else can reach and of which nothing stays. */
export interface PrivateDaemon {
  /** The agent in its namespaces. */
  readonly client: AgentClient;
  /** Of docker's client there. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path of its socket. */
  readonly socket: string;
  readonly version: string;
  /** Processor time of the daemon and of all that ran in its containers and has ended, in milliseconds. */
  cpuMs(): Promise<number>;
  /** The last that it said, when it has ended by itself. */
  readonly ended: () => string | undefined;
  /** Whether it answers now. */
  readonly answers: () => Promise<boolean>;
  close(): Promise<void>;
}

/** sun_path of a Unix socket's address, with its NUL (unix(7)). */
const SOCKET_PATH_BYTES = 108;
/** What is ours in the lane's own /run. */
const OWN = '/run/archparity';
const PATH = '/usr/local/sbin:/usr/sbin:/usr/local/bin:/usr/bin:/sbin:/bin';
/** proc_pid_stat(5): sysconf(_SC_CLK_TCK) is 100 on every Linux that Node runs on. */
const MS_PER_TICK = 10;

/**
 * Starts dockerd in a lane's namespaces, with its own binfmt_misc. Its containers share the network of this
 * machine, as a daemon that changed no firewall and made no bridge can give them no other.
 *
 * crun runs them in runc's place: it takes over /sys where a namespace may not mount it, and makes no cgroup,
 * so none stays behind. The store is a tmpfs of the lane.
 * @throws ArchParityError `PRIVATE_DAEMON_IMPOSSIBLE`, `PRIVATE_DAEMON_FAILED`, `TOOL_MISSING`, `QEMU_NOT_STATIC`
 */
export async function openPrivateDaemon(options: PrivateDaemonOptions): Promise<PrivateDaemon> {
  const [dockerd, crun] = [await requireTool('dockerd'), await requireTool('crun')];
  const { directory = OWN } = options;
  const socket = join(directory, 'docker.sock');
  if (Buffer.byteLength(socket) >= SOCKET_PATH_BYTES)
    throw impossible(
      `the path of its socket is too long (${socket})`,
      'Set ARCHPARITY_CACHE to a shorter path.',
    );
  const logger = options.logger === undefined ? {} : { logger: options.logger };
  const version = await readVersion(dockerd, options.logger);
  const { agent, maps, reason } = await openAgent({ isolation: 'auto', ...logger });
  try {
    if (maps === undefined)
      throw impossible(
        reason ?? 'there are no namespaces',
        'Run archparity doctor, or use a daemon of your own.',
      );
    if (maps.kind === 'single')
      throw impossible(
        'you have one user id alone here',
        'Add subordinate ids in /etc/subuid and /etc/subgid.',
      );
    const { client } = agent;
    const root = join(directory, 'root');
    if (options.directory !== undefined) makeDirectory(root);
    await prepareSurroundings(client, { root, crun, version, ...options });
    await emulate(client, options);
    const common = { PATH: `${OWN}/bin:${PATH}`, HOME: OWN };
    const env = { ...common, DOCKER_HOST: `unix://${socket}` };
    const docker = options.directory === undefined ? await requireTool('docker') : undefined;
    const answers = (): Promise<boolean> =>
      docker === undefined ? answersHere(socket) : answersThere(client, { docker, env });
    const daemon = await awaitDaemon(client, {
      argv: daemonWords(dockerd, socket, root),
      env: common,
      answers,
      ...logger,
    });
    return {
      client,
      env,
      socket,
      version,
      cpuMs: () => readCpuMs(client, daemon),
      ended: daemon.ended,
      answers,
      close: () => agent.close(),
    };
  } catch (error) {
    await agent.close();
    throw error;
  }
}

function daemonWords(dockerd: string, socket: string, root: string): string[] {
  return [
    dockerd,
    ...['--host', `unix://${socket}`, '--data-root', root, '--exec-root', `${OWN}/docker`],
    ...['--pidfile', `${OWN}/docker.pid`, '--config-file', `${OWN}/daemon.json`],
    // The network is this machine's: nothing of it is to be changed.
    ...['--iptables=false', '--ip6tables=false', '--bridge=none', '--ip-forward=false'],
    ...['--exec-opt', 'native.cgroupdriver=cgroupfs'],
  ];
}

async function readVersion(dockerd: string, logger?: CommandLogger): Promise<string> {
  const result = await createExec(logger === undefined ? {} : { logger })(dockerd, ['--version'], {
    timeoutMs: 20_000,
  });
  return /version ([^\s,]+)/.exec(result.stdout)?.[1] ?? '';
}

async function prepareSurroundings(
  client: AgentClient,
  {
    root,
    crun,
    version,
    storeBytes,
  }: PrivateDaemonOptions & {
    readonly root: string;
    readonly crun: string;
    readonly version: string;
  },
): Promise<void> {
  const size = storeBytes === undefined ? '' : `,size=${String(storeBytes)}`;
  // Read before /run is covered: with systemd-resolved it lies there.
  const resolver = await realpath('/etc/resolv.conf').catch(() => undefined);
  const servers = resolver?.startsWith('/run/') === true ? await readFile(resolver, 'utf8') : '';
  // crun wants to see cgroup v2 alone, also when it makes none.
  await client.mount([{ kind: 'cgroup2', target: '/sys/fs/cgroup' }]).catch(() => undefined);
  await client.mount([
    { kind: 'tmpfs', target: '/run', options: 'mode=0755' },
    ...['', '/bin'].map((path): MountOperation => ({
      kind: 'mkdir',
      path: `${OWN}${path}`,
      mode: 0o755,
    })),
    { kind: 'tmpfs', target: root, options: `mode=0711${size}` },
  ]);
  if (resolver !== undefined && servers !== '')
    await client.mount([
      ...parentsOf(resolver).map((path): MountOperation => ({ kind: 'mkdir', path, mode: 0o755 })),
      { kind: 'write', path: resolver, content: servers },
    ]);
  // Without cgroups: a user has none to give away, and what is made as root would stay after kill -9.
  // Its copies of itself go where all else is: a kill would leave them in /tmp (runtime-command.ts).
  const places = Object.entries(runtimeEnvironment(OWN)).map(([name, value]) => `${name}=${value}`);
  const script = [`export ${places.join(' ')}`, `exec '${crun}' --cgroup-manager=disabled "$@"`];
  const runtime = ['#!/bin/sh', ...script, ''].join('\n');
  await client.put(`${OWN}/bin/runc`, Buffer.from(runtime), { mode: 0o755 });
  // Before 24 it makes a key, in /etc/docker unless it is told otherwise.
  const major = Number.parseInt(version, 10);
  const settings = major < 24 ? { 'deprecated-key-path': `${OWN}/key.json` } : {};
  await client.put(`${OWN}/daemon.json`, Buffer.from(JSON.stringify(settings)));
}

/** Directories between /run and a file in it, the outer first. */
function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(1, -1);
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`).slice(1);
}

async function emulate(
  client: AgentClient,
  { emulation, keepsHandlers = false }: PrivateDaemonOptions,
): Promise<void> {
  if (emulation === undefined) {
    // Its own, empty one: what is said to need no emulator must not find one.
    if (!keepsHandlers) await mountPrivateBinfmt(client);
    return;
  }
  const { platform, emulator, kind } = emulation;
  const qemu = kind === 'tuned' ? emulator.path : emulator.qemu.path;
  requireStaticQemu(emulator.qemu);
  await mountPrivateBinfmt(client);
  await registerHandler(client, platform, qemu);
  const answer = await askWitness(client, emulator.witness);
  if (answer === undefined)
    throw impossible('the kernel does not use its handler', 'Run archparity doctor.');
  verifyWitness(answer, { platform, qemu, ...(kind === 'tuned' ? { cpuId: emulator.cpuId } : {}) });
}

async function readCpuMs(client: AgentClient, { pid }: DaemonProcess): Promise<number> {
  const text = (await client.get(`/proc/${String(pid)}/stat`)).toString();
  // After the name in parentheses: utime, stime, cutime, cstime are fields 14 to 17 (proc_pid_stat(5)).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * MS_PER_TICK;
}

function impossible(reason: string, advice: string): ArchParityError {
  return new ArchParityError({
    code: 'PRIVATE_DAEMON_IMPOSSIBLE',
    message: `A docker daemon in namespaces of its own is not to be had here: ${reason}.`,
    advice,
  });
}
