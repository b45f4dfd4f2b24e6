import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { bundleConfig } from '../../src/lanes/attempt/bundle-config.ts';
import { openBenchLane, type BenchLane } from './bench-lane.ts';
import type { BenchContext } from './context.ts';
import { median, timeCommands } from './hyperfine.ts';
import { atMost, fasterThan, milliseconds, type BenchRow } from './result.ts';
import { unpackedRoot } from './unpacked-root.ts';

const TAG = 'archparity-bench:arm64';

/** A suite of `count` cases `true` on one lane: the difference of two sizes is the cost of a case. */
function containerSuite(count: number, reference: string): string {
  const cases = Array.from(
    { length: count },
    (_, index) => `  - {name: case ${String(index)}, run: [/usr/bin/true], expect: {exit: 0}}`,
  );
  return [
    'version: 1',
    'name: containers',
    `subject: {image: ${JSON.stringify(reference)}}`,
    'lanes: [emulated]',
    'cases:',
    ...cases,
    '',
  ].join('\n');
}

async function timeOurs(context: BenchContext, reference: string): Promise<number> {
  const { directory, node, cli } = context;
  const wall = async (count: number): Promise<number> => {
    const suite = join(directory, `containers-${String(count)}.yaml`);
    await writeFile(suite, containerSuite(count, reference));
    const started = performance.now();
    await execa(
      node,
      [
        cli,
        'test',
        suite,
        '--jobs',
        '1',
        '--quiet',
        '--record',
        join(directory, 'containers.ndjson'),
      ],
      { cwd: directory },
    );
    return (performance.now() - started) / 1000;
  };
  const small = await wall(10);
  return ((await wall(110)) - small) / 100;
}

async function writeBundle(bundle: string, rootfs: string): Promise<void> {
  const config = bundleConfig({ agent: '/bin/true', fixtures: [], hasTerminalGroup: true }) as {
    process: { args: string[] };
    root: { path: string };
    mounts: { destination: string }[];
    linux: { namespaces: { type: string }[] };
  };
  config.process.args = ['/usr/bin/true'];
  config.root.path = rootfs;
  // Ours is started in a network namespace of the case; a bundle on its own makes one.
  config.linux.namespaces.push({ type: 'network' });
  config.mounts = config.mounts.filter(
    ({ destination }) => !destination.startsWith('/dev/archparity'),
  );
  await mkdir(bundle, { recursive: true });
  await writeFile(join(bundle, 'config.json'), JSON.stringify(config));
}

async function preparePodman(
  lane: BenchLane,
  reference: string,
  directory: string,
): Promise<string> {
  const podman = [
    'podman',
    '--root',
    join(directory, 'podman'),
    '--runroot',
    join(directory, 'podman-run'),
    '--cgroup-manager',
    'cgroupfs',
    '--events-backend',
    'none',
  ];
  await lane.run([
    'skopeo',
    'copy',
    '--quiet',
    '--override-arch',
    'arm64',
    reference,
    `docker-archive:${join(directory, 'image.tar')}:${TAG}`,
  ]);
  await lane.run([...podman, 'load', '--quiet', '--input', join(directory, 'image.tar')]);
  return [
    ...podman,
    'run',
    '--rm',
    '--network',
    'none',
    '--cgroups',
    'disabled',
    '--security-opt',
    'seccomp=unconfined',
    TAG,
    '/usr/bin/true',
  ].join(' ');
}

/** A dockerd of our own in the lane's namespaces; it ends with the lane. */
async function prepareDocker(lane: BenchLane, directory: string): Promise<string> {
  const socket = join(directory, 'docker.sock');
  const docker = ['docker', '-H', `unix://${socket}`];
  const daemon = [
    'dockerd',
    '--host',
    `unix://${socket}`,
    '--data-root',
    join(directory, 'docker'),
    '--exec-root',
    join(directory, 'docker-exec'),
    '--pidfile',
    join(directory, 'docker.pid'),
    '--iptables=false',
    '--ip6tables=false',
    '--bridge=none',
    '--ip-forward=false',
    '--containerd-namespace',
    'archparity-bench',
    '--exec-opt',
    'native.cgroupdriver=cgroupfs',
  ];
  const running = lane.agent.client.spawn({
    argv: daemon,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    cwd: directory,
    outputLimit: 65536,
    stdin: 'null',
  });
  let ended: string | undefined;
  running.outcome.then(
    (outcome) => {
      ended = outcome.output.stderr.toString().slice(-1500);
    },
    // The lane was closed, and the daemon with it.
    () => undefined,
  );
  for (let round = 0; ; round += 1) {
    if (ended !== undefined || round > 300)
      throw new Error(`bench: dockerd did not start: ${ended ?? 'no answer'}`);
    const ready = await lane.run([...docker, 'version'], { DOCKER_API_VERSION: '1.41' }).then(
      () => true,
      () => false,
    );
    if (ready) break;
    await sleep(100);
  }
  await lane.run([...docker, 'load', '--quiet', '--input', join(directory, 'image.tar')], {
    DOCKER_API_VERSION: '1.41',
  });
  return `env DOCKER_API_VERSION=1.41 ${[...docker, 'run', '--rm', '--network', 'none', '--platform', 'linux/arm64', TAG, '/usr/bin/true'].join(' ')}`;
}

/** One arm64 command in a fresh container, against chroot, crun, podman and docker in the same namespaces. */
export async function benchContainer(context: BenchContext): Promise<BenchRow[]> {
  const { root, directory, cacheDir, runs, say } = context;
  const reference = `oci:${join(root, 'build/images/debian-tools')}`;
  const lane = await openBenchLane({
    qemu: '/usr/bin/qemu-aarch64-static',
    cpu: 'neoverse-n1',
    cacheDir,
  });
  try {
    const rootfs = await unpackedRoot(reference, lane.agent, cacheDir);
    const bundle = join(directory, 'bundle');
    await writeBundle(bundle, rootfs);
    const commands = [
      `chroot ${rootfs} /usr/bin/true`,
      `crun --root ${join(directory, 'crun')} --cgroup-manager=disabled run --bundle ${bundle} bench`,
      await preparePodman(lane, reference, directory),
      await prepareDocker(lane, directory),
    ];
    const seconds = commands.map((): number[] => []);
    const ours: number[] = [];
    const start = async (argv: readonly string[]): Promise<void> => {
      await lane.run(argv);
    };
    for (let round = 0; round < runs(4); round += 1) {
      ours.push(await timeOurs(context, reference));
      const timed = await timeCommands(commands, { runs: 10, warmup: 1, directory, start });
      timed.forEach((entry, index) => seconds[index]?.push(...entry.seconds));
      say(
        `container: round ${String(round + 1)}: ours ${milliseconds(ours.at(-1) ?? 0)}, ${timed.map((entry) => milliseconds(median(entry.seconds))).join(', ')}`,
      );
    }
    const [chroot = 0, crun = 0, podman = 0, docker = 0] = seconds.map(median);
    const mine = median(ours);
    const work = 'one arm64 command in a fresh container';
    return [
      atMost(work, mine, { name: 'bare `crun run`', seconds: crun }, 1.25),
      fasterThan(work, mine, { name: '`podman run`', seconds: podman }, 4),
      fasterThan(work, mine, { name: '`docker run`', seconds: docker }, 10),
      {
        work: 'the same',
        ours: milliseconds(mine),
        peer: `chroot with binfmt ${milliseconds(chroot)}`,
        ratio: (mine / chroot).toFixed(2),
        target: 'shown',
        met: true,
      },
    ];
  } finally {
    await lane.close();
    await rm(join(directory, 'docker'), { recursive: true, force: true });
  }
}
