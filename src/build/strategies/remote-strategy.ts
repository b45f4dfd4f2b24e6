import { join } from 'node:path';
import type { Platform } from '../../core/index.ts';
import { makeDirectory } from '../../store/index.ts';
import { askDaemon } from '../ask-daemon.ts';
import type { BuildClient } from '../build-client.ts';
import type { DockerEndpoint } from '../docker-endpoint.ts';
import { dockerStrategy } from './docker-strategy.ts';
import type { Strategy, StrategyContext } from './strategy.ts';

/** A docker daemon on another machine. */
export interface RemoteNode {
  /** As `DOCKER_HOST` has it. */
  readonly host: string;
  /** What a client needs besides to get there, e.g. another PATH. */
  readonly env?: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, string>>;
  readonly needs: readonly string[];
  ended(): string | undefined;
  close(): Promise<void>;
}

export interface RemoteStrategyOptions {
  readonly dockerfile: string;
  readonly client: BuildClient;
  readonly platform: Platform;
  /** Opens the node; it is given the path for its socket. */
  readonly open: (socket: string) => Promise<RemoteNode>;
}

/**
 * A strategy with a daemon on a machine of the foreign platform, over a connection of ours.
 * @throws ArchParityError those of opening the node, `BUILD_WITNESS_FAILED`
 */
export async function openRemoteStrategy(
  options: RemoteStrategyOptions,
  context: StrategyContext,
): Promise<Strategy> {
  const { dockerfile, client, platform } = options;
  const directory = join(context.directory, 'remote');
  makeDirectory(directory, 0o700);
  const node = await options.open(join(directory, 'docker.sock'));
  const endpoint: DockerEndpoint = {
    host: node.host,
    ...(node.env === undefined ? {} : { env: node.env }),
    client,
    stateDirectory: join(directory, 'client'),
    explainLoss: () => node.ended(),
    ...(context.network === undefined ? {} : { network: context.network }),
    ...(context.logger === undefined ? {} : { logger: context.logger }),
  };
  try {
    const { cacheDir, cancelSignal } = context;
    const { cpu } = await askDaemon(endpoint, { platform, directory, cacheDir, cancelSignal });
    return dockerStrategy(
      {
        id: 'remote',
        dockerfile,
        endpoint,
        facts: { ...node.facts, client: `${client.kind} ${client.version}`, cpuSeen: cpu },
        needs: node.needs,
        lasting: true,
        end: () => node.close(),
      },
      context,
    );
  } catch (error) {
    await node.close();
    throw error;
  }
}
