import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { agentPath, type AgentClient } from '../../../agent/index.ts';
import { ArchParityError, hostPlatform } from '../../../core/index.ts';
import { startProcess, type CommandLogger, type RunningProcess } from '../../../process/index.ts';
import { GuestDisks } from '../guest-disks.ts';
import { Machine } from '../machine.ts';
import { DISK_BUS } from '../qemu-arguments.ts';
import { prepareQemuSystem } from '../qemu-system.ts';
import { ensureAssets } from '../vm-assets.ts';
import type { VmSettings } from '../vm-settings.ts';
import { DATA_DEVICE, dataDiskArguments, makeDataDisk } from './data-disk.ts';
import { GUEST_ADDRESS, NODE_MOUNT } from './guest-files.ts';
import { setUpGuest, startServices } from './guest-services.ts';
import {
  makeKeys,
  makeNodeDirectory,
  NODE_ALIAS,
  writeAccess,
  type NodeAccess,
  type NodeDirectory,
} from './node-access.ts';
import { ensureNodeDisk } from './node-disk.ts';

export interface BuildNodeOptions {
  readonly cacheDir: string;
  /** Defaults to 2048. */
  readonly memoryMb?: number;
  /** Defaults to 2. */
  readonly cpus?: number;
  /** Of images and caches there; what is not used takes no room here. Defaults to 32768. */
  readonly diskMb?: number;
  /** Ports of this machine's loopback (a registry's) that are on the node's loopback, too. */
  readonly loopbackPorts?: readonly number[];
  readonly logger?: CommandLogger;
  /** Told when something is fetched, since that takes a while. */
  readonly onFetch?: (what: string) => void;
}

/** A Debian arm64 guest with docker's daemon. Only this machine reaches it. */
export interface BuildNode {
  /** For DOCKER_HOST or a builder's endpoint: `ssh://archparity-node`. */
  readonly dockerHost: string;
  /** For ssh -F: it knows the name of {@link dockerHost}. */
  readonly sshConfig: string;
  /** What docker has to be started with: DOCKER_HOST, and a PATH whose ssh has the configuration. */
  readonly env: Readonly<Record<'DOCKER_HOST' | 'PATH', string>>;
  /** What it is, for people. */
  readonly description: string;
  /** From the start of its QEMU until its kernel and until its docker was ready. */
  readonly bootMs: number;
  readonly readyMs: number;
  /** Why it does not answer any more. */
  explainLoss(): Promise<ArchParityError>;
  /** Ends it; its images and caches are gone. */
  close(): Promise<void>;
}

const MEMORY_MB = 2048;
const CPUS = 2;
const DISK_MB = 32_768;
const NETWORK = 'network';
/** The disk with the programs comes first. */
const DATA_DEVICE_FILE = '/dev/sdb';
const CONNECTS_WITHIN_MS = 60_000;

function vmSettings({ memoryMb = MEMORY_MB, cpus = CPUS }: BuildNodeOptions): VmSettings {
  return { pages: '4k', memoryMb, cpus };
}

/** Fetches what a node is made of, so that one starts without asking anybody. @throws ArchParityError as `openBuildNode` */
export async function fetchBuildNode(options: BuildNodeOptions): Promise<void> {
  await ensureAssets(vmSettings(options), options);
  await ensureNodeDisk(options);
}

/**
 * Boots a build node. Without root, and nothing is left of it when we end, whatever ends us: QEMU and ssh die with
 * us, the data disk has no name, and the directory with its keys is removed by a shell that waits for our end.
 * @throws ArchParityError `QEMU_MISSING`, `TOOL_MISSING`, `VM_BOOT_FAILED`, `BUILD_NODE_FAILED`, those of
 *   `ensureAssets` and `ensureNodeDisk`
 */
export async function openBuildNode(options: BuildNodeOptions): Promise<BuildNode> {
  const { cacheDir, logger } = options;
  const logged = logger === undefined ? {} : { logger };
  const settings = vmSettings(options);
  const qemu = await prepareQemuSystem(settings, { cacheDir, ...logged });
  const assets = await ensureAssets(settings, options);
  const programs = await ensureNodeDisk(options);
  const directory = await makeNodeDirectory(logger);
  const opened: { machine?: Machine; ssh?: RunningProcess } = {};
  const close = async (): Promise<void> => {
    opened.ssh?.stdin.end();
    await opened.machine?.close();
    await opened.ssh?.exited;
    await directory.remove();
  };
  try {
    const keys = await makeKeys(directory.path, logger);
    const data = await makeDataDisk(directory.path, {
      megabytes: options.diskMb ?? DISK_MB,
      ...logged,
    });
    const started = performance.now();
    const machine = await Machine.start({
      qemu,
      settings,
      assets,
      memory: { kind: 'private' },
      devices: [
        ...dataDiskArguments(),
        // Port 0: the kernel of this machine chooses one.
        ...['-netdev', `user,id=${NETWORK},hostfwd=tcp:127.0.0.1:0-${GUEST_ADDRESS}:22`],
        ...['-device', `virtio-net-pci,netdev=${NETWORK},romfile=`],
      ],
      inheritFds: [data.fd],
      ...logged,
    }).finally(() => data.close());
    opened.machine = machine;
    await machine.ready();
    const bootMs = performance.now() - started;
    const client = await machine.connect();
    await plugDisks(machine, client, programs);
    await setUpGuest(client, { keys, dataDevice: DATA_DEVICE_FILE });
    const access = await writeAccess(directory.path, await readPort(machine));
    await startServices(client, options.loopbackPorts ?? []);
    opened.ssh = await connectSsh(access, directory, logger);
    return {
      dockerHost: `ssh://${NODE_ALIAS}`,
      sshConfig: access.config,
      env: {
        DOCKER_HOST: `ssh://${NODE_ALIAS}`,
        PATH: `${access.bin}:${process.env['PATH'] ?? ''}`,
      },
      description: `microVM: qemu ${qemu.version}, cpu ${qemu.cpu}, ${String(settings.cpus)} CPUs, ${String(settings.memoryMb)} MiB`,
      bootMs,
      readyMs: performance.now() - started,
      explainLoss: async () =>
        new ArchParityError({
          code: 'VM_LOST',
          message: `The build node is gone: ${await machine.describeEnd()}.`,
          advice: 'Run it again.',
        }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function plugDisks(machine: Machine, client: AgentClient, programs: string): Promise<void> {
  await new GuestDisks(machine.qmp, client).mount(programs, NODE_MOUNT);
  await machine.qmp.execute('device_add', { ...DATA_DEVICE, bus: DISK_BUS });
}

/** The port that leads to the guest's sshd: QEMU tells it to people only (its monitor's `info usernet`). */
async function readPort(machine: Machine): Promise<number> {
  const said = await machine.qmp.execute('human-monitor-command', {
    'command-line': 'info usernet',
  });
  const port = /TCP\[HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)/.exec(String(said))?.[1];
  if (port !== undefined) return Number(port);
  throw new ArchParityError({
    code: 'BUILD_NODE_FAILED',
    message: 'QEMU forwards no port to the build node.',
    advice: 'This QEMU may have no user-mode network (slirp): Debian’s qemu-system-arm has.',
  });
}

/** The first connection, which the others go through; a guard beside it ends it with us. */
async function connectSsh(
  { config, bin }: NodeAccess,
  directory: NodeDirectory,
  logger?: CommandLogger,
): Promise<RunningProcess> {
  const ssh = [join(bin, 'ssh'), '-M', '-N', '-F', config, NODE_ALIAS];
  const running = await startProcess(agentPath(hostPlatform()), ['guard', ...ssh], {
    detached: true,
    ...(logger === undefined ? {} : { logger }),
  });
  running.stdout.resume();
  let said = '';
  running.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4096)));
  const end = new AbortController();
  void running.exited.then(() => end.abort());
  const deadline = performance.now() + CONNECTS_WITHIN_MS;
  while (!existsSync(join(directory.path, 'control'))) {
    if (end.signal.aborted || performance.now() > deadline) {
      running.stdin.end();
      throw new ArchParityError({
        code: 'BUILD_NODE_FAILED',
        message: `The build node does not let us in: ${said.trim() === '' ? 'ssh is silent' : said.trim()}.`,
        advice: 'Run again with --verbose for the commands.',
      });
    }
    await delay(10);
  }
  return running;
}
