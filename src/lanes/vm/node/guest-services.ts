import type { AgentClient } from '../../../agent/index.ts';
import { ArchParityError } from '../../../core/index.ts';
import { DEFAULT_PATH } from '../../environment.ts';
import {
  BRIDGE_NETWORK,
  CONTAINERD_SOCKET,
  DOCKER_SOCKET,
  guestFiles,
  HOST_IN_GUEST,
  NODE_MOUNT,
  setUpScript,
  type NodeKeys,
} from './guest-files.ts';
import { NODE_MODULES } from './node-disk.ts';

const ENV = { PATH: DEFAULT_PATH, HOME: '/root' };
const SAID = 16 * 1024;
/** A daemon that starts takes 3 s under emulation; a hang is certain long before this. */
const READY_TIMEOUT_MS = 120_000;

function startFailed(what: string, said: string): ArchParityError {
  const tail = said.trim().split('\n').slice(-4).join(' | ');
  return new ArchParityError({
    code: 'BUILD_NODE_FAILED',
    message: `The build node did not start: ${what}${tail === '' ? '' : `: ${tail}`}.`,
    advice: 'Run again with --verbose; archparity vm build --fresh fetches its parts anew.',
  });
}

/** Puts the disk with the programs in the place of the guest's own, and makes files, network and data disk. */
export async function setUpGuest(
  client: AgentClient,
  { keys, dataDevice }: { readonly keys: NodeKeys; readonly dataDevice: string },
): Promise<void> {
  await client.mount([
    { kind: 'bind', source: `${NODE_MOUNT}/usr`, target: '/usr', readonly: true },
    { kind: 'mkdir', path: '/etc/ssh', mode: 0o755 },
    ...Object.entries(guestFiles(keys)).map(([path, content]) => ({
      kind: 'write' as const,
      path,
      content,
    })),
  ]);
  const { exits, output, failure } = await client.run({
    argv: ['/bin/sh', '-c', setUpScript(NODE_MODULES, dataDevice)],
    env: ENV,
    umask: 0o022,
    outputLimit: SAID,
  });
  if (exits[0]?.code === 0) return;
  throw startFailed(
    'its surroundings could not be made',
    failure === undefined ? output.stderr.toString() : `${failure.step}: ${failure.errno}`,
  );
}

/** Starts a program of the guest's that does not end, and waits until it says that it is ready. */
async function startService(
  client: AgentClient,
  argv: readonly string[],
  ready: RegExp,
): Promise<void> {
  const isReady = Promise.withResolvers<undefined>();
  let said = '';
  const running = client.spawn(
    { argv, env: ENV, cwd: '/', umask: 0o022, stdin: 'null', outputLimit: Number.MAX_SAFE_INTEGER },
    {
      onOutput: (_stream, data) => {
        said = (said + data.toString()).slice(-SAID);
        if (ready.test(said)) isReady.resolve(undefined);
      },
    },
  );
  const fail = (how: string): void => isReady.reject(startFailed(`${argv.join(' ')} ${how}`, said));
  running.outcome.then(
    () => fail('ended'),
    // The machine is gone.
    (error: unknown) => isReady.reject(error instanceof Error ? error : new Error(String(error))),
  );
  const timer = setTimeout(() => fail('was not ready in time'), READY_TIMEOUT_MS);
  await isReady.promise.finally(() => clearTimeout(timer));
}

/** Starts sshd and docker's daemon, and what shows ports of the host's loopback on the guest's. */
export async function startServices(
  client: AgentClient,
  loopbackPorts: readonly number[],
): Promise<void> {
  for (const port of loopbackPorts)
    client
      .spawn({
        argv: [
          'socat',
          `TCP-LISTEN:${String(port)},bind=127.0.0.1,fork,reuseaddr`,
          `TCP:${HOST_IN_GUEST}:${String(port)}`,
        ],
        env: ENV,
        stdin: 'null',
        outputLimit: SAID,
      })
      // It ends with the machine.
      .outcome.catch(() => undefined);
  // Containers' cgroups lie beside the agent's, so whoever looks after them needs the guest's own view of all.
  const outside = ['nsenter', '--cgroup', '--target', '1'];
  const sshd = ['/usr/sbin/sshd', '-D', '-e', '-f', '/etc/ssh/sshd_config'];
  const dockerd = [
    ...outside,
    'dockerd',
    ...['--host', `unix://${DOCKER_SOCKET}`, '--data-root', '/var/lib/docker'],
    ...['--exec-opt', 'native.cgroupdriver=cgroupfs', '--userland-proxy=false'],
    ...['--storage-driver', 'overlay2', '--bip', BRIDGE_NETWORK],
    ...['--iptables=false', '--ip6tables=false', '--containerd', CONTAINERD_SOCKET],
  ];
  const containerd = [...outside, 'containerd', '--config', '/etc/containerd.toml'];
  await Promise.all([
    startService(client, containerd, /containerd successfully booted/),
    startService(client, sshd, /Server listening on/),
    startService(client, dockerd, /API listen on/),
  ]);
}
