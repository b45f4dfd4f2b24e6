import type { ContainerOptions } from '../../core/index.ts';
import { LANE_HOSTNAME, MASKED_PATHS, READONLY_PATHS } from '../environment.ts';
import { containerCapabilities } from './container-capabilities.ts';
import { countingBinds, type CountingPlaces } from './count-spawn.ts';

/** Where a container finds our agent; on its /dev, so that it is no file of the image. */
export const AGENT_IN_CONTAINER = '/dev/archparity/init';
export const QEMU_IN_CONTAINER = '/dev/archparity/qemu';
const FIXTURES_IN_CONTAINER = '/dev/archparity/fixtures';

/** The group `tty`, as every distribution numbers it. */
export const TERMINAL_GROUP = 5;

/** Where a container finds the n-th fixture before it is copied. */
export function fixtureInContainer(index: number): string {
  return `${FIXTURES_IN_CONTAINER}/${String(index)}`;
}

export interface BundleOptions {
  /** Host path of the agent for the machine that runs the container. */
  readonly agent: string;
  /** Host path of a static QEMU that the container must be able to execute. */
  readonly qemu?: string;
  readonly fixtures: readonly string[];
  /** Whether {@link TERMINAL_GROUP} is mapped. */
  readonly hasTerminalGroup: boolean;
  /** A runtime that cannot mount sysfs without a network namespace of its own gets the machine's. */
  readonly bindsSys?: boolean;
  /** Its instructions are counted. */
  readonly counting?: CountingPlaces;
  /** What the case wants of its container. */
  readonly container?: ContainerOptions;
}

interface BundleMount {
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}

function systemMounts({ bindsSys, hasTerminalGroup }: BundleOptions): BundleMount[] {
  const terminalGroup = hasTerminalGroup ? [`gid=${String(TERMINAL_GROUP)}`] : [];
  return [
    { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
    {
      destination: '/dev',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
    },
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', ...terminalGroup],
    },
    {
      destination: '/dev/shm',
      type: 'tmpfs',
      source: 'shm',
      options: ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=65536k'],
    },
    {
      destination: '/dev/mqueue',
      type: 'mqueue',
      source: 'mqueue',
      options: ['nosuid', 'noexec', 'nodev'],
    },
    bindsSys === true
      ? {
          destination: '/sys',
          type: 'bind',
          source: '/sys',
          options: ['rbind', 'nosuid', 'noexec', 'nodev', 'ro'],
        }
      : {
          destination: '/sys',
          type: 'sysfs',
          source: 'sysfs',
          options: ['nosuid', 'noexec', 'nodev', 'ro'],
        },
  ];
}

interface ContainerBind {
  readonly source: string;
  readonly destination: string;
  /** Absent = read-only. */
  readonly writable?: boolean;
}

/** What of this side a container sees: our agent, an emulator and what that needs, fixtures, what the case binds. */
export function containerBinds({
  agent,
  container,
  counting,
  fixtures,
  qemu,
}: BundleOptions): ContainerBind[] {
  return [
    { source: agent, destination: AGENT_IN_CONTAINER },
    ...(qemu === undefined ? [] : [{ source: qemu, destination: QEMU_IN_CONTAINER }]),
    ...(counting === undefined ? [] : countingBinds(counting)).map(
      ({ source, target, readonly }) => ({ source, destination: target, writable: !readonly }),
    ),
    ...fixtures.map((source, index) => ({ source, destination: fixtureInContainer(index) })),
    ...(container?.binds ?? []).map(({ source, target, readonly }) => ({
      source,
      destination: target,
      writable: !readonly,
    })),
  ];
}

/** Whether a case sets what belongs to a network namespace. */
export function hasNetworkSysctl(container: ContainerOptions | undefined): boolean {
  return Object.keys(container?.sysctls ?? {}).some((name) => name.startsWith('net.'));
}

/**
 * The `config.json` of a case's bundle (OCI runtime-spec, config.md): docker's capabilities and masked
 * paths, our agent as the process. The network namespace is the one that the runtime is started in.
 */
export function bundleConfig(options: BundleOptions): object {
  const { container } = options;
  const capabilities = containerCapabilities(container);
  const isPrivileged = container?.privileged === true;
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      args: [AGENT_IN_CONTAINER, 'init'],
      // Without it crun looks for one in the image's /etc/passwd, and waits for ever where that is a fifo.
      // The subject's own comes with its spec.
      env: ['HOME=/'],
      cwd: '/',
      capabilities: {
        bounding: capabilities,
        effective: capabilities,
        permitted: capabilities,
        inheritable: [],
        ambient: [],
      },
      noNewPrivileges: false,
    },
    root: { path: 'rootfs', readonly: false },
    hostname: LANE_HOSTNAME,
    mounts: [
      ...systemMounts(options),
      ...containerBinds(options).map(({ source, destination, writable }) => ({
        source,
        destination,
        type: 'bind',
        options: writable === true ? ['rbind'] : ['rbind', 'ro'],
      })),
    ],
    linux: {
      namespaces: [
        ...['pid', 'mount', 'ipc', 'uts'].map((type) => ({ type })),
        // The one that it is in: crun sets those of the network in a namespace that the bundle names.
        ...(hasNetworkSysctl(container) ? [{ type: 'network', path: '/proc/self/ns/net' }] : []),
      ],
      ...(isPrivileged ? {} : { maskedPaths: MASKED_PATHS, readonlyPaths: READONLY_PATHS }),
      ...(container?.sysctls === undefined ? {} : { sysctl: container.sysctls }),
    },
  };
}
