import { basename, posix } from 'node:path';
import type { MountOperation, SpawnSpec } from '../../agent/index.ts';
import { resolveInRoot } from '../../image/index.ts';
import { HOSTS_FILE, RESOLVER_FILE } from './host-names.ts';
import { DEFAULT_PATH, LANE_HOSTNAME, LANE_UMASK, parseEnvironment } from '../environment.ts';
import {
  bundleConfig,
  containerBinds,
  fixtureInContainer,
  type BundleOptions,
} from './bundle-config.ts';
import { expandedCommand, startedArgv } from './container-argv.ts';
import type { ContainerRun } from './container-run.ts';
import { capabilityMask, containerCapabilities } from './container-capabilities.ts';
import {
  runtimeCommand,
  runtimeEnvironment,
  runtimeMounts,
  type OtherRuntime,
} from './runtime-command.ts';
import type { Translation } from './translation.ts';
import { undoPodman } from './undo-podman.ts';

export interface ContainerPlace {
  /** Paths of the machine that runs the container; `crun` may be another runtime. */
  readonly agent: string;
  readonly crun: string;
  /** Absent = `crun` is crun. */
  readonly runtime?: OtherRuntime;
  /** An existing directory that the case covers with a tmpfs of its own. */
  readonly scratch: string;
  /** Not where the caller's id is the only one: the kernel then denies setgroups(2). */
  readonly canSetGroups: boolean;
  readonly hasTerminalGroup: boolean;
}

/** overlayfs splits its options at `,` and lower directories at `:` (kernel doc, overlayfs.rst). */
function escapeLayer(path: string): string {
  return path.replaceAll(/[\\:,]/g, (character) => `\\${character}`);
}

/** What watches the command is bound as what the case itself wants. */
function containerOptions({
  container,
  instrument,
}: ContainerRun): Pick<BundleOptions, 'container'> {
  if (instrument === undefined) return container === undefined ? {} : { container };
  const binds = [...(container?.binds ?? []), ...instrument.binds];
  return { container: { ...container, binds } };
}

function bundleOptions(
  run: ContainerRun,
  place: ContainerPlace,
  translation: Translation,
): BundleOptions {
  return {
    agent: place.agent,
    fixtures: run.fixtures,
    hasTerminalGroup: place.hasTerminalGroup,
    bindsSys: place.runtime === 'runc' && run.network === 'host',
    ...(translation.kind === 'prefix' ? { qemu: translation.qemu } : {}),
    ...(run.counting === undefined ? {} : { counting: run.counting }),
    ...containerOptions(run),
  };
}

function containerMounts(
  run: ContainerRun,
  place: ContainerPlace,
  bundle: BundleOptions,
): MountOperation[] {
  const { scratch } = place;
  const root = run.subject.rootThere ?? run.subject.root;
  const needed = [root, ...containerBinds(bundle).map(({ source }) => source)];
  return [
    ...runtimeMounts(place.runtime, scratch, needed),
    { kind: 'tmpfs', target: scratch, options: 'mode=0755' },
    { kind: 'mkdir', path: `${scratch}/upper`, mode: 0o755 },
    { kind: 'mkdir', path: `${scratch}/work`, mode: 0o700 },
    { kind: 'mkdir', path: `${scratch}/rootfs`, mode: 0o755 },
    {
      kind: 'overlay',
      target: `${scratch}/rootfs`,
      // Without userxattr, removing or renaming a lower directory gives EIO in a user namespace.
      options: `userxattr,lowerdir=${escapeLayer(root)},upperdir=${scratch}/upper,workdir=${scratch}/work`,
    },
    {
      kind: 'write',
      path: `${scratch}/config.json`,
      content: JSON.stringify(bundleConfig(bundle)),
    },
  ];
}

/** The command inside the container, run by the agent's init there. */
export function innerSpawn(
  run: ContainerRun,
  place: Pick<ContainerPlace, 'canSetGroups'>,
  translation: Translation,
): SpawnSpec {
  const { config } = run.subject;
  const workdir = posix.resolve(
    '/',
    config.workdir === '' ? '/' : config.workdir,
    run.workdir ?? '',
  );
  const owner = { uid: run.user.uid, gid: run.user.gid };
  const { argv, env: ownEnv } = expandedCommand(run);
  const env = {
    PATH: DEFAULT_PATH,
    HOSTNAME: LANE_HOSTNAME,
    HOME: run.user.home,
    ...(run.terminal === undefined ? {} : { TERM: 'xterm' }),
    ...parseEnvironment(config.env),
    ...ownEnv,
  };
  return {
    argv: startedArgv(argv, run, { translation, path: env.PATH }),
    env,
    cwd: workdir,
    uid: run.user.uid,
    gid: run.user.gid,
    ...(place.canSetGroups ? { groups: run.user.groups } : {}),
    umask: LANE_UMASK,
    mounts: [
      // As docker does with a WORKDIR that the image lacks.
      ...(resolveInRoot(run.subject.root, workdir) === undefined
        ? [{ kind: 'mkdir', path: workdir, mode: 0o755 } as const]
        : []),
      ...(run.hosts === undefined
        ? []
        : [{ kind: 'write', path: HOSTS_FILE, content: run.hosts } as const]),
      ...(run.resolver === undefined
        ? []
        : [{ kind: 'write', path: RESOLVER_FILE, content: run.resolver } as const]),
      ...run.fixtures.map((fixture, index): MountOperation => ({
        kind: 'copy',
        source: fixtureInContainer(index),
        target: posix.join(workdir, basename(fixture)),
        owner,
      })),
    ],
    setup: run.setup,
    teardown: run.teardown,
    ...(run.independentSetup === true ? { independentSetup: true } : {}),
    inPlace: run.pid1 === 'subject',
    ...(run.terminal === undefined ? {} : { terminal: run.terminal }),
    ...(run.deadlineMs === undefined ? {} : { deadlineMs: run.deadlineMs }),
    ...(run.graceMs === undefined ? {} : { graceMs: run.graceMs }),
  };
}

/** Where in its container a case mounts what it names itself. */
export function boundPaths({ container }: Pick<ContainerRun, 'container'>): readonly string[] {
  return (container?.binds ?? []).map(({ target }) => target);
}

/** The same in a container of podman's: what that adds is taken away before. */
function undonePodman(run: ContainerRun, inner: SpawnSpec): SpawnSpec {
  return {
    ...inner,
    capabilities: capabilityMask(containerCapabilities(run.container)),
    mounts: [...undoPodman(run.subject.root, boundPaths(run)), ...(inner.mounts ?? [])],
  };
}

/** How much longer than the deadline and the grace inside the watchdog outside waits. */
const WATCHDOG_MS = 5000;

/**
 * A container: an overlay on the unpacked image in a tmpfs of the case's own mount namespace (its upper
 * directory is the list of changed files), run by crun, with the agent's init as PID 1.
 */
export function containerSpawn(
  run: ContainerRun,
  place: ContainerPlace,
  translation: Translation,
): SpawnSpec {
  const { scratch } = place;
  const bundle = bundleOptions(run, place, translation);
  const inner = innerSpawn(run, place, translation);
  const handedOn = run.teardown.length > 0 ? 3 : 2;
  // A subject that is PID 1 has no init beside it: the watchdog outside keeps its deadline.
  const watchdog = run.pid1 === 'subject' ? 0 : WATCHDOG_MS + (run.graceMs ?? 0);
  return {
    argv: runtimeCommand({
      path: place.crun,
      ...(place.runtime === undefined ? {} : { runtime: place.runtime }),
      scratch,
      network: run.network,
      handedOn,
      bundle,
    }),
    env: { PATH: DEFAULT_PATH, HOME: scratch, ...runtimeEnvironment(scratch) },
    cwd: scratch,
    // crun makes those for IPC and UTS.
    namespaces: ['pid', 'mount', ...(run.network === 'none' ? (['net'] as const) : [])],
    // podman takes pid_max for the files that it may open, too.
    ...(place.runtime === 'podman' ? {} : { boundsProcesses: true }),
    mounts: containerMounts(run, place, bundle),
    ...(run.counting === undefined ? {} : { fixedAddresses: true }),
    ...(run.reportFiles ? { trees: [`${scratch}/upper`] } : {}),
    ...(run.deadlineMs === undefined ? {} : { deadlineMs: run.deadlineMs + watchdog }),
    ...(run.graceMs === undefined ? {} : { graceMs: run.graceMs }),
    inner: place.runtime === 'podman' ? undonePodman(run, inner) : inner,
  };
}
