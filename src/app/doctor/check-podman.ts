import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { agentPath } from '../../agent/index.ts';
import { createExec, findTool, type Exec } from '../../process/index.ts';
import { makeDirectory } from '../../store/index.ts';
import { passed, reasonOf, warned, type Check, type Fix } from './check.ts';
import type { OptionalContext } from './context.ts';
import { makeTinyRoot, TINY_PROGRAM } from './tiny-image.ts';

const SUBJECT = { id: 'podman', title: 'podman' };
const EFFECT = 'podman run fails; lanes do not need it';
const DEADLINE_MS = 20_000;
/** podman's own limit (containers/podman, `libpod/options.go`): sockets below it have short paths. */
const LONGEST_RUNROOT = 50;
const RUNROOT = 'r';

/** What podman says, and what helps. */
const REMEDIES: readonly (readonly [pattern: RegExp, fix: Fix])[] = [
  [
    /cgroups in hybrid mode/,
    {
      text: 'Boot with cgroup v2 alone.',
      command: 'sudo grubby --update-kernel=ALL --args=systemd.unified_cgroup_hierarchy=1',
      commands: {
        apt: 'echo \'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX systemd.unified_cgroup_hierarchy=1"\' | sudo tee -a /etc/default/grub && sudo update-grub',
        github: 'runs-on: ubuntu-24.04',
      },
    },
  ],
  [
    /RLIMIT_NOFILE/,
    {
      text: 'Let it keep the limits that this process has.',
      command:
        "printf '[containers]\\ndefault_ulimits = []\\n' >> ~/.config/containers/containers.conf",
    },
  ],
  [
    /subuid|subgid|newuidmap/,
    {
      text: 'Give the user subordinate ids.',
      command: 'sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $(id -un)',
    },
  ],
];

/** Locks in files of its directory instead of a file in /dev/shm that stays (containers.conf(5)). */
const LOCKS = '[engine]\nlock_type = "file"\n';

/** Where podman keeps what it keeps: in a directory of ours. */
async function podmanPlaces(directory: string): Promise<Record<string, string | undefined>> {
  const place = (name: string): string => {
    const path = join(directory, name);
    makeDirectory(path, 0o700);
    return path;
  };
  const configuration = join(directory, 'containers.conf');
  await writeFile(configuration, LOCKS);
  return {
    HOME: place('home'),
    TMPDIR: place('tmp'),
    XDG_RUNTIME_DIR: place('runtime'),
    // On top of what the machine's own say; podman 4.5 and newer.
    CONTAINERS_CONF_OVERRIDE: configuration,
    XDG_CONFIG_HOME: undefined,
    XDG_DATA_HOME: undefined,
  };
}

/** Has podman run a container of a directory. @throws Error with what it says */
async function tryRun(podman: string, { exec, directory, context }: Trial): Promise<void> {
  const root = join(directory, 'root');
  await makeTinyRoot(root, agentPath(context.host));
  const { exitCode, stderr, timedOut } = await exec(
    podman,
    [
      ...['--root', join(directory, 'storage'), '--runroot', join(context.workDir, RUNROOT)],
      // Root's is in /run else: it would say of the user's containers that they outlived a boot.
      ...['--tmpdir', join(directory, 'runtime/libpod/tmp')],
      ...['--storage-driver', 'vfs', '--cgroup-manager', 'cgroupfs', 'run', '--rm'],
      ...['--network', 'none', '--log-driver', 'none', '--rootfs', root, TINY_PROGRAM, '--version'],
    ],
    {
      guarded: true,
      timeoutMs: DEADLINE_MS,
      ...(context.cancelSignal === undefined ? {} : { cancelSignal: context.cancelSignal }),
    },
  );
  if (exitCode === 0) return;
  if (timedOut) throw new Error(`it did not end within ${DEADLINE_MS / 1000} s`);
  const last = stderr.trim().split('\n').at(-1) ?? '';
  throw new Error(last.replace(/^Error: /, '') || 'it says nothing');
}

interface Trial {
  /** With podman's places in its environment. */
  readonly exec: Exec;
  readonly directory: string;
  readonly context: OptionalContext;
}

/** Whether podman runs a container for this user. */
export async function checkPodman(context: OptionalContext): Promise<Check> {
  const podman = findTool('podman', { env: context.env });
  if (podman === undefined)
    return passed(SUBJECT, 'not installed: only containers-storage: images would need it');
  const { env, logger, workDir } = context;
  const directory = join(workDir, 'podman');
  makeDirectory(directory);
  const exec = createExec({
    env: { ...env, ...(await podmanPlaces(directory)) },
    ...(logger === undefined ? {} : { logger }),
  });
  const asked = await exec(podman, ['--version'], { guarded: true, timeoutMs: DEADLINE_MS });
  const version = `${/version (\S+)/.exec(asked.stdout)?.[1] ?? 'of no version'} (${podman})`;
  if (join(workDir, RUNROOT).length > LONGEST_RUNROOT)
    return passed(SUBJECT, `${version}, not tried: TMPDIR is too long a path for it`);
  try {
    await tryRun(podman, { exec, directory, context });
    return passed(SUBJECT, `${version} ran a container`);
  } catch (error) {
    const reason = reasonOf(error);
    return warned(SUBJECT, {
      found: `${version} cannot run a container: ${reason}`,
      effect: EFFECT,
      fix: REMEDIES.find(([pattern]) => pattern.test(reason))?.[1] ?? {
        text: 'See what it says at more length.',
        command: 'podman --log-level debug info',
      },
    });
  }
}
