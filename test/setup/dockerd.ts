// A docker daemon in namespaces of its own: the machine's is neither needed nor touched.
import { chmodSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mountPrivateBinfmt, registerHandler } from '../../src/lanes/emulated/register-handler.ts';
import { openAgent } from '../../src/lanes/local/open-agent.ts';

export interface Dockerd {
  /** Absolute path of the socket, which everybody may use. */
  readonly socket: string;
  /** Runs a docker command with the daemon. @returns what it wrote to stdout */
  docker(words: readonly string[]): Promise<string>;
  /** Ends the daemon and its containers. */
  stop(): Promise<void>;
}

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
/** The newest that both the daemon and the client of Debian speak. */
export const DOCKER_API = '1.41';

export interface DockerdOptions {
  /** A QEMU that runs arm64 programs in its containers, with a handler that nobody else has. */
  readonly qemu?: string;
}

/** Starts a daemon. Its files are removed with the parent directory. */
export async function startDockerd(
  parent: string,
  { qemu }: DockerdOptions = {},
): Promise<Dockerd> {
  const directory = mkdtempSync(join(parent, 'dockerd-'));
  chmodSync(directory, 0o755);
  const socket = join(directory, 'docker.sock');
  const { agent } = await openAgent({ isolation: 'auto' });
  const { client } = agent;
  await client.mount([
    { kind: 'cgroup2', target: '/sys/fs/cgroup' },
    // What it keeps must not lie on an overlay, and is gone with the namespace.
    { kind: 'tmpfs', target: '/run', options: 'mode=0755' },
    { kind: 'tmpfs', target: join(directory, 'root'), options: 'mode=0711' },
  ]);
  if (qemu !== undefined) {
    await mountPrivateBinfmt(client);
    await registerHandler(client, 'linux/arm64', qemu);
  }
  const env = {
    PATH,
    HOME: directory,
    DOCKER_HOST: `unix://${socket}`,
    DOCKER_API_VERSION: DOCKER_API,
    DOCKER_BUILDKIT: '1',
  };
  const daemon = client.spawn({
    argv: [
      'dockerd',
      ...['--host', `unix://${socket}`, '--data-root', join(directory, 'root')],
      ...['--exec-root', '/run/docker', '--pidfile', '/run/docker.pid'],
      ...['--iptables=false', '--ip6tables=false', '--bridge=none', '--ip-forward=false'],
      ...['--exec-opt', 'native.cgroupdriver=cgroupfs'],
    ],
    env,
    cwd: directory,
    outputLimit: 1_000_000,
    stdin: 'null',
  });
  let ended: string | undefined;
  daemon.outcome.then(
    ({ output }) => (ended = output.stderr.toString()),
    // The agent was closed, and the daemon with it.
    () => undefined,
  );
  const docker = async (words: readonly string[]): Promise<string> => {
    const { exits, output } = await client.run({ argv: ['docker', ...words], env });
    if (exits[0]?.code === 0) return output.stdout.toString();
    throw new Error(`docker ${words.join(' ')}: ${output.stderr.toString()}`);
  };
  for (let round = 0; ; round += 1) {
    const version = await docker(['version']).catch(() => undefined);
    if (version !== undefined) break;
    if (ended !== undefined || round > 300)
      throw new Error(`dockerd did not start: ${ended ?? ''}`);
    await sleep(100);
  }
  // dockerd gives it to a group.
  chmodSync(socket, 0o666);
  return { socket, docker, stop: () => agent.close() };
}
