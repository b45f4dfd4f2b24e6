import type { SpawnSpec } from '../../agent/index.ts';
import { LANE_HOSTNAME } from '../environment.ts';
import { AGENT_IN_CONTAINER, containerBinds, type BundleOptions } from './bundle-config.ts';
import {
  capabilityMask,
  containerCapabilities,
  dockerCapabilities,
} from './container-capabilities.ts';
import type { ContainerRun } from './container-run.ts';
import { boundPaths, innerSpawn } from './container-spawn.ts';
import { quoteMountField } from './quote-mount-field.ts';
import type { Translation } from './translation.ts';
import { undoDocker } from './undo-docker.ts';

/** A docker daemon, as a command line reaches it. */
export interface DockerHost {
  /** The environment of docker's client. */
  readonly env: Readonly<Record<string, string>>;
  /** `NAME=SOFT:HARD` words for `--ulimit`: what a login there has, as other engines' containers. */
  readonly ulimits: readonly string[];
  /** On all that is ours there, containers and images: `KEY=VALUE`. */
  readonly label: string;
}

export interface DockerPlace {
  /** Absolute paths of the machine of the daemon: our agent, docker's client. */
  readonly agent: string;
  readonly docker: string;
  readonly host: DockerHost;
  /** An existing directory for a socket. */
  readonly scratch: string;
  /** Its daemon may not let a container into the machine's network. */
  readonly isApart?: boolean;
  /** How its containers get an emulator; absent = they need none. */
  readonly translation?: Translation;
}

/** A busy daemon may take so long for all that is not the subject's: only then the launcher outside gives up. */
const START_MS = 30_000;
/** On the container's /dev, so that it is no file of the image. */
const SOCKET_IN_CONTAINER = '/dev/archparity/socket';

function bindArgument(source: string, destination: string, writable = false): string[] {
  const places = [`src=${source}`, `dst=${destination}`].map(quoteMountField);
  return ['--mount', ['type=bind', ...places, ...(writable ? [] : ['readonly'])].join(',')];
}

/** A container's name, and that of one whose network it joins. */
export interface DockerNames {
  readonly name: string;
  readonly joins?: string;
}

/** A name of a container that nobody else has. */
export function dockerName(): string {
  return `archparity-${crypto.randomUUID()}`;
}

/** docker refuses a host name and sysctls of the network where the network is another container's. */
function networkArguments({ network }: ContainerRun, { joins }: DockerNames): string[] {
  if (joins !== undefined) return ['--network', `container:${joins}`];
  return [
    ...['--network', network, '--hostname', LANE_HOSTNAME],
    // The kernel's own values, where docker has others.
    ...(network === 'none'
      ? ['net.ipv4.ping_group_range=1 0', 'net.ipv4.ip_unprivileged_port_start=1024'].flatMap(
          (word) => ['--sysctl', word],
        )
      : []),
  ];
}

function dockerArguments(run: ContainerRun, place: DockerPlace, names: DockerNames): string[] {
  const { name } = names;
  const { host, scratch } = place;
  const { container, fixtures } = run;
  const bundle: BundleOptions = {
    agent: place.agent,
    fixtures,
    hasTerminalGroup: true,
    ...(place.translation?.kind === 'prefix' ? { qemu: place.translation.qemu } : {}),
    ...(container === undefined ? {} : { container }),
  };
  const paths = container?.privileged === true ? ['systempaths=unconfined'] : [];
  return [
    ...['run', '--rm', '--name', name, '--label', host.label, '--pull', 'never', '--init=false'],
    ...['--sig-proxy=false', '--log-driver', 'none', '--restart', 'no', '--no-healthcheck'],
    ...networkArguments(run, names),
    ...['--user', '0:0', '--workdir', '/'],
    ...['seccomp=unconfined', 'apparmor=unconfined', 'label=disable', ...paths].flatMap((word) => [
      '--security-opt',
      word,
    ]),
    ...host.ulimits.flatMap((word) => ['--ulimit', word]),
    // For our init alone, which unmounts; the subject gets the usual ones.
    ...['--cap-drop', 'all', '--cap-add', 'SYS_ADMIN'],
    ...dockerCapabilities(containerCapabilities(container)).flatMap((name) => ['--cap-add', name]),
    ...Object.entries(container?.sysctls ?? {}).flatMap(([sysctl, value]) => [
      '--sysctl',
      `${sysctl}=${value}`,
    ]),
    ...containerBinds(bundle).flatMap(({ source, destination, writable }) =>
      bindArgument(source, destination, writable),
    ),
    ...bindArgument(`${scratch}/${name}`, SOCKET_IN_CONTAINER),
    ...['--entrypoint', AGENT_IN_CONTAINER, run.subject.rootThere ?? ''],
    ...['adopt', SOCKET_IN_CONTAINER],
  ];
}

/**
 * A container of a docker daemon. Its init gets our descriptors through a socket (handover.c), so docker is not
 * between us and the subject. `rootThere` is docker's name of the image.
 */
export function dockerSpawn(
  run: ContainerRun,
  place: DockerPlace,
  names: DockerNames = { name: dockerName() },
): SpawnSpec {
  const { agent, docker, host, scratch } = place;
  const { name } = names;
  const inner = innerSpawn(run, { canSetGroups: true }, place.translation ?? { kind: 'none' });
  // A subject that is PID 1 has no init beside it: the watchdog outside keeps its deadline.
  const watchdog = run.pid1 === 'subject' ? 0 : START_MS + (run.graceMs ?? 0);
  return {
    argv: [
      ...[agent, 'handover', `${scratch}/${name}`, name, docker],
      ...dockerArguments(run, place, names),
    ],
    env: host.env,
    cwd: '/',
    lasting: true,
    ...(run.deadlineMs === undefined ? {} : { deadlineMs: run.deadlineMs + watchdog }),
    ...(run.graceMs === undefined ? {} : { graceMs: run.graceMs }),
    inner: {
      ...inner,
      capabilities: capabilityMask(containerCapabilities(run.container)),
      mounts: [
        ...undoDocker(run.subject.root, { bound: boundPaths(run), socket: SOCKET_IN_CONTAINER }),
        ...(inner.mounts ?? []),
      ],
      ...(run.reportFiles ? { trees: ['/'] } : {}),
    },
  };
}
