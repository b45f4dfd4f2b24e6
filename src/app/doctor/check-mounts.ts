import { existsSync } from 'node:fs';
import {
  AgentRequestError,
  startLocalAgent,
  type LocalAgent,
  type MountOperation,
} from '../../agent/index.ts';
import type { Platform } from '../../core/index.ts';
import {
  failed,
  notTried,
  passed,
  reasonOf,
  warned,
  type Check,
  type CheckSubject,
  type Fix,
} from './check.ts';
import { BINFMT_DIRECTORY } from '../../lanes/index.ts';
import { newerKernel } from './check-host.ts';
import { findAgent, type DoctorContext } from './context.ts';

/** Any directory will do: it is covered in the agent's own mount namespace only. */
const COVERED = ['/mnt', '/tmp', '/var/tmp'];

interface MountTrial {
  readonly subject: CheckSubject;
  readonly found: string;
  readonly effect: string;
  readonly attempt: (agent: LocalAgent) => Promise<void>;
  readonly mend: (errno: string, host: Platform) => Fix | undefined;
}

async function mountOverlay({ client }: LocalAgent): Promise<void> {
  const base = COVERED.find((path) => existsSync(path));
  if (base === undefined) throw new Error(`there is none of ${COVERED.join(', ')}`);
  const directories = ['lower/kept', 'lower/removed', 'upper', 'work', 'merged'];
  const operations: MountOperation[] = [
    { kind: 'tmpfs', target: base, options: 'mode=0755' },
    ...directories.map((name) => ({
      kind: 'mkdir' as const,
      path: `${base}/${name}`,
      mode: 0o755,
    })),
    {
      kind: 'overlay',
      target: `${base}/merged`,
      options: `userxattr,lowerdir=${base}/lower,upperdir=${base}/upper,workdir=${base}/work`,
    },
  ];
  await client.mount(operations);
  // What fails with EIO without userxattr.
  const outcome = await client.run({
    argv: ['rmdir', `${base}/merged/removed`],
    env: { PATH: '/usr/bin:/bin' },
    deadlineMs: 10_000,
  });
  if (outcome.exits[0]?.code !== 0)
    throw new Error(
      `a directory of the lower layer cannot be removed: ${outcome.output.stderr.toString().trim()}`,
    );
  const changes = (await client.tree(`${base}/upper`)).map(({ path }) => path);
  if (!changes.includes('/removed'))
    throw new Error('the removal does not show in the upper layer');
}

const TRIALS: readonly MountTrial[] = [
  {
    subject: { id: 'private-binfmt', title: 'Private binfmt_misc' },
    found: 'mounted in the namespace',
    effect: "the lanes need a handler of the host's, or children of a program are not emulated",
    attempt: ({ client }) => client.mount([{ kind: 'binfmt', target: BINFMT_DIRECTORY }]),
    mend: (errno, host) => {
      if (errno === 'ENOENT' || errno === 'ENODEV')
        return {
          text: 'Load the module.',
          command: 'sudo modprobe binfmt_misc',
          safe: ['modprobe', 'binfmt_misc'],
        };
      return errno === 'EPERM'
        ? newerKernel('Use Linux 6.7 or newer, or a handler of the host.', host)
        : undefined;
    },
  },
  {
    subject: { id: 'overlay', title: 'Overlay file system' },
    found: 'mounted with userxattr; a removed directory shows as a change',
    effect: 'images cannot be run; binaries can',
    attempt: mountOverlay,
    mend: (errno, host) => {
      if (errno === 'ENODEV')
        return {
          text: 'Load the module.',
          command: 'sudo modprobe overlay',
          safe: ['modprobe', 'overlay'],
        };
      return errno === 'EINVAL' || errno === 'EPERM'
        ? newerKernel('Use Linux 5.11 or newer, where a user namespace may mount overlays.', host)
        : undefined;
    },
  },
  {
    subject: { id: 'cgroup2', title: 'cgroup2' },
    found: 'mounted in the namespace',
    effect: 'images cannot be run; binaries can',
    attempt: ({ client }) => client.mount([{ kind: 'cgroup2', target: '/sys/fs/cgroup' }]),
    mend: (errno, host) =>
      errno === 'ENODEV'
        ? newerKernel('Use a kernel with cgroup v2 (CONFIG_CGROUPS).', host)
        : undefined,
  },
];

async function tryMount(trial: MountTrial, agent: LocalAgent, host: Platform): Promise<Check> {
  try {
    await trial.attempt(agent);
    return passed(trial.subject, trial.found);
  } catch (error) {
    const errno = error instanceof AgentRequestError ? error.failure.errno : '';
    const rest = { found: reasonOf(error), effect: trial.effect, fix: trial.mend(errno, host) };
    // Without a binfmt_misc of its own a lane has other ways.
    return trial.subject.id === 'private-binfmt'
      ? warned(trial.subject, rest)
      : failed(trial.subject, rest);
  }
}

/** Mounts what lanes mount, in the namespaces of an agent that ends at once. */
export async function checkMounts(
  { host, logger }: DoctorContext,
  isolated: boolean,
): Promise<Check[]> {
  const because = 'there are no user namespaces';
  const file = findAgent(host);
  if (!isolated || file === undefined)
    return TRIALS.map(({ subject, effect }) => notTried(subject, because, effect));
  // One id is enough to mount, and every user may have that.
  const only = (outer: number): { inner: number; outer: number; count: number }[] => [
    { inner: 0, outer, count: 1 },
  ];
  const namespaces = {
    uidMaps: only(process.geteuid?.() ?? 0),
    gidMaps: only(process.getegid?.() ?? 0),
  };
  let agent: LocalAgent;
  try {
    agent = await startLocalAgent({
      file,
      namespaces,
      ...(logger === undefined ? {} : { logger }),
    });
  } catch (error) {
    return TRIALS.map(({ subject, effect }) => failed(subject, { found: reasonOf(error), effect }));
  }
  try {
    const checks: Check[] = [];
    for (const trial of TRIALS) checks.push(await tryMount(trial, agent, host));
    return checks;
  } finally {
    await agent.close();
  }
}
