import { ArchParityError, type LaneSpec, type Platform } from '../../core/index.ts';
import { askVersion } from '../docker/ask-version.ts';
import { bridgeDocker } from '../docker/bridge-socket.ts';
import type { OpenLaneOptions } from '../local/open-local-lane.ts';
import { connectHost } from './connect-host.ts';
import { findDockerClient } from './docker-daemon.ts';
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
    const { user } = host.facts;
    const missing = (reason: string): ArchParityError =>
      new ArchParityError({
        code: 'REMOTE_NO_DOCKER',
        message: `${place} has no docker daemon for ${user}: ${reason.replace(/\.$/, '')}.`,
        advice: `Install docker there, start it, and put ${user} into its group: sudo usermod -aG docker ${user}`,
      });
    const found = findDockerClient(host.facts);
    if ('reason' in found) throw missing(found.reason);
    const { path: docker, env } = found;
    const bridge = await bridgeDocker(options.socket, { client: host.client, docker, env });
    // By the way that builds take: a client there that only relays is enough.
    const daemon = await askVersion(bridge.socket);
    if (daemon === undefined) {
      await bridge.close();
      const said = bridge.said().split('\n')[0] ?? '';
      throw missing(said === '' ? 'nothing answered within the time' : said);
    }
    if (!options.platform.startsWith(daemon.platform)) {
      await bridge.close();
      throw new ArchParityError({
        code: 'REMOTE_DOCKER_FOREIGN',
        message: `The docker daemon of ${place} is for ${daemon.platform}, not for ${options.platform}.`,
        advice: 'Use a host whose daemon runs on that platform itself.',
      });
    }
    const { hello } = host.client;
    return {
      socket: bridge.socket,
      facts: {
        host: place,
        daemon: `dockerd ${daemon.version}`,
        kernel: hello.kernel,
        cpu: hello.cpu,
      },
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
