import type { MountOperation } from '../../agent/index.ts';
import { LANE_HOSTNAME } from '../environment.ts';
import { containerCapabilities } from './container-capabilities.ts';
import { isInside } from './subject.ts';
import {
  AGENT_IN_CONTAINER,
  containerBinds,
  hasNetworkSysctl,
  type BundleOptions,
} from './bundle-config.ts';
import { quoteMountField } from './quote-mount-field.ts';

/** podman takes no runroot of more than 50 characters: its sockets' paths are limited. */
const RUN = '/run';

/** What can run a container here besides crun, whose command line is the default. */
export type OtherRuntime = 'runc' | 'podman';

export interface RuntimeCommandOptions {
  /** Absolute path of the program. */
  readonly path: string;
  /** Absent = `path` is crun. */
  readonly runtime?: OtherRuntime;
  /** Holds the bundle: `config.json` and `rootfs`. Everything that the runtime writes goes there, too. */
  readonly scratch: string;
  readonly network: 'none' | 'host';
  /** How many descriptors from 3 on the container gets. */
  readonly handedOn: number;
  /** What a program that reads no `config.json` must be told. */
  readonly bundle: BundleOptions;
}

/** podman sets those of the network in no namespace but one that it makes itself. */
function makesNetwork({ bundle, network }: RuntimeCommandOptions): boolean {
  return network === 'none' && hasNetworkSysctl(bundle.container);
}

/** The case's own network, without the machine's resolv.conf in it. */
function podmanNetwork(options: RuntimeCommandOptions): string[] {
  if (!makesNetwork(options)) return ['--network', 'host', '--dns', 'none'];
  // The kernel's own value, where podman lets root ping.
  return ['--network', 'none', '--sysctl', 'net.ipv4.ping_group_range=1 0'];
}

function podmanSecurity({ container }: BundleOptions): string[] {
  const profiles = ['seccomp=unconfined', 'apparmor=unconfined', 'label=disable'];
  const paths = container?.privileged === true ? ['unmask=ALL'] : [];
  return [...profiles, ...paths].flatMap((word) => ['--security-opt', word]);
}

/**
 * podman with a store of its own in the case's scratch: no image is brought into the user's, and nothing is
 * left in it. Its container has the root that we mounted, and the namespaces and options of our bundle
 * (podman-run(1)).
 */
function podmanArgv(options: RuntimeCommandOptions): string[] {
  const { bundle, handedOn, path, scratch } = options;
  return [
    path,
    ...['--root', `${scratch}/podman`, '--runroot', `${RUN}/podman`, '--tmpdir', `${RUN}/libpod`],
    ...['--storage-driver', 'vfs', '--log-level', 'error'],
    ...['--cgroup-manager', 'cgroupfs', '--events-backend', 'none', 'run', '--interactive'],
    ...['--preserve-fds', String(handedOn), '--log-driver', 'none', '--sdnotify', 'ignore'],
    ...['--cgroups', 'disabled', '--no-hosts', '--systemd', 'false', ...podmanNetwork(options)],
    // Without --user, which is root: for that it would write users into an image that has none.
    ...['--hostname', LANE_HOSTNAME, '--workdir', '/', '--http-proxy=false'],
    ...['--shm-size', '65536k', ...podmanSecurity(bundle)],
    // SYS_ADMIN is for our init alone, which unmounts; the subject gets the usual ones.
    ...['--ulimit', 'host', '--cap-drop', 'all', '--cap-add', 'SYS_ADMIN'],
    ...containerCapabilities(bundle.container).flatMap((name) => ['--cap-add', name]),
    ...Object.entries(bundle.container?.sysctls ?? {}).flatMap(([name, value]) => [
      '--sysctl',
      `${name}=${value}`,
    ]),
    ...containerBinds(bundle).flatMap(({ source, destination, writable }) => [
      '--mount',
      [
        'type=bind',
        quoteMountField(`src=${source}`),
        quoteMountField(`dst=${destination}`),
        ...(writable === true ? [] : ['ro']),
      ].join(','),
    ]),
    ...['--rootfs', `${scratch}/rootfs`, AGENT_IN_CONTAINER, 'init'],
  ];
}

/** What podman covers: it does not hand our environment on to crun, which writes to /tmp. */
function covers(scratch: string): string[] {
  return [RUN, '/dev/shm', ...(isInside(scratch, '/tmp') ? [] : ['/tmp'])];
}

/**
 * What a runtime needs to find in its mount namespace, besides the bundle.
 * @param scratch - beside it lies all else that is needed
 * @param needed - what the container is made of, wherever it lies
 */
export function runtimeMounts(
  runtime: OtherRuntime | undefined,
  scratch: string,
  needed: readonly string[] = [],
): MountOperation[] {
  const covered = runtime === 'podman' ? covers(scratch) : [];
  const hidden = needed.filter((path) => covered.some((directory) => isInside(path, directory)));
  return [
    // podman's locks lie in shared memory. Both look for their children in /proc by the pids of the case's own namespace.
    ...(runtime === undefined ? [] : [{ kind: 'proc', target: '/proc' } as const]),
    // Root's runc would make a cgroup of the machine's own all the same, one for all cases, and may leave it.
    ...(runtime === 'runc' ? [{ kind: 'protect', target: '/sys/fs/cgroup' } as const] : []),
    ...covered.map((target) => ({ kind: 'tmpfs' as const, target, options: 'mode=0755' })),
    // Sources are opened before anything is covered.
    ...[...new Set(hidden)].map((path) => ({
      kind: 'bind' as const,
      source: path,
      target: path,
      readonly: false,
    })),
  ];
}

/**
 * What a runtime is told by its environment. crun executes itself anew from a read-only mount on an empty file,
 * lest a container write to it, and a kill in that moment leaves the file: in /tmp, unless the second variable
 * names another place (crun, src/libcrun/cloned_binary.c). The scratch vanishes with the case.
 */
export function runtimeEnvironment(scratch: string): Record<string, string> {
  return { XDG_RUNTIME_DIR: scratch, _LIBCONTAINER_STATEDIR: scratch };
}

/** The argv that starts the container of a case. */
export function runtimeCommand(options: RuntimeCommandOptions): string[] {
  const { handedOn, path, runtime, scratch } = options;
  if (runtime === 'podman') return podmanArgv(options);
  return [
    path,
    '--root',
    `${scratch}/state`,
    // Both without cgroups, which nobody delegates to a lane. runc's warnings are not the subject's.
    ...(runtime === 'runc'
      ? ['--rootless=true', '--log', `${scratch}/runc.log`]
      : ['--cgroup-manager=disabled']),
    'run',
    '--preserve-fds',
    String(handedOn),
    '--bundle',
    scratch,
    'case',
  ];
}
