import { ArchParityError, type LaneSpec, type Platform } from '../../core/index.ts';
import { bridgeDocker } from '../docker/bridge-socket.ts';
import type { OpenLaneOptions } from '../local/open-local-lane.ts';
import { connectHost } from './connect-host.ts';
import { findDocker } from './docker-daemon.ts';
import { readSshSettings } from './ssh-settings.ts';
import { formatSshTarget } from './ssh-target.ts';

/** A docker daemon on another machine, to be reached by a socket here. */
export interface RemoteDocker {
  /** Absolute path of the socket here. */
  readonly socket: string;
  readonly facts: Readonly<Record<string, string>>;
  /** Why the connection is gone, once it is. */
  readonly ended: () => string | undefined;
  readonly close: () => Promise<void>;
}

export interface RemoteDockerOptions extends Pick<
  OpenLaneOptions,
  'cacheDir' | 'logger' | 'cancelSignal'
> {
  /** What the machine must be, and by more than its word: our program for it runs there. */
  readonly platform: Platform;
  /** Absolute path for the socket, not there yet; at most 107 bytes. */
  readonly socket: string;
}

/**
 * Connects to a host over ssh, checks within the deadlines of ssh lanes its key, its architecture and its
 * docker daemon, and opens a socket to that daemon.
 * @throws ArchParityError `SSH_…`, `REMOTE_NO_DOCKER`, `REMOTE_DOCKER_FOREIGN` (exit 3)
 */
export async function openRemoteDocker(
  spec: LaneSpec,
  options: RemoteDockerOptions,
): Promise<RemoteDocker> {
  const settings = readSshSettings(spec);
  const place = formatSshTarget(settings.target);
  // Its groups are what lets a user talk to docker, and a user namespace takes them away.
  const host = await connectHost({ ...settings, isolation: 'none' }, options);
  try {
    const found = await findDocker(host.client, host.facts);
    if (!('daemon' in found))
      throw new ArchParityError({
        code: 'REMOTE_NO_DOCKER',
        message: `${place} has no docker daemon for ${host.facts.user}: ${found.reason}.`,
        advice: `Install docker there, start it, and put ${host.facts.user} into its group: sudo usermod -aG docker ${host.facts.user}`,
      });
    const { path: docker, env } = found.daemon;
    const { exits, output } = await host.client.run({
      argv: [docker, 'version', '--format', '{{.Server.Os}}/{{.Server.Arch}} {{.Server.Version}}'],
      env,
      deadlineMs: 30_000,
    });
    const [daemonPlatform = '', version = ''] = output.stdout.toString().trim().split(' ');
    if (exits[0]?.code !== 0 || !options.platform.startsWith(daemonPlatform))
      throw new ArchParityError({
        code: 'REMOTE_DOCKER_FOREIGN',
        message: `The docker daemon of ${place} is for ${daemonPlatform}, not for ${options.platform}.`,
        advice: 'Use a host whose daemon runs on that platform itself.',
      });
    const bridge = await bridgeDocker(options.socket, { client: host.client, docker, env });
    const { hello } = host.client;
    return {
      socket: bridge.socket,
      facts: { host: place, daemon: `dockerd ${version}`, kernel: hello.kernel, cpu: hello.cpu },
      ended: () => (host.client.isLost ? `the connection to ${place} was lost` : undefined),
      close: async () => {
        await bridge.close();
        await host.close();
      },
    };
  } catch (error) {
    await host.close();
    throw error;
  }
}
