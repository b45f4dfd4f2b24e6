import { join } from 'node:path';
import { hostPlatform, type Platform } from '../../core/index.ts';
import { findServingHandler, readHandlerTable } from '../../lanes/index.ts';
import { findTool } from '../../process/index.ts';
import { makeDirectory } from '../../store/index.ts';
import { askDaemon, findOwnDaemon } from '../ask-daemon.ts';
import type { DockerEndpoint } from '../docker-endpoint.ts';
import { dockerStrategy } from './docker-strategy.ts';
import type { PrivateStrategyOptions } from './private-strategy.ts';
import type { Strategy, StrategyContext } from './strategy.ts';

/** The handler of this machine for a platform, when the daemon is on it: `/usr/bin/qemu-aarch64-static (flags POCF)`. */
function findHostHandler(platform: Platform): string | undefined {
  const handler = findServingHandler(readHandlerTable(), platform);
  return handler === undefined ? undefined : `${handler.interpreter} (flags ${handler.flags})`;
}

/**
 * A strategy with the daemon that the user has. Whether it runs programs of the foreign platform, and on which
 * CPU, is found out by executing one; it is not changed.
 * @throws ArchParityError `BUILD_NO_HANDLER`, `BUILD_DAEMON_UNREACHABLE`
 */
export async function openOwnDaemonStrategy(
  { id, dockerfile, client }: PrivateStrategyOptions,
  context: StrategyContext,
): Promise<Strategy> {
  const directory = join(context.directory, id);
  makeDirectory(directory, 0o700);
  const host = await findOwnDaemon(client.kind === 'docker' ? client.path : findTool('docker'));
  const endpoint: DockerEndpoint = {
    host,
    client,
    stateDirectory: join(directory, 'client'),
    ...(context.network === undefined ? {} : { network: context.network }),
    ...(context.logger === undefined ? {} : { logger: context.logger }),
  };
  const facts: Record<string, string> = {
    daemon: host,
    client: `${client.kind} ${client.version}`,
  };
  const { cacheDir, cancelSignal } = context;
  const [platform = hostPlatform()] = id === 'emulated' ? context.foreign : [];
  const { cpu } = await askDaemon(endpoint, { platform, directory, cacheDir, cancelSignal });
  if (id === 'emulated') {
    facts['cpu'] = cpu;
    const handler = host.startsWith('unix://') ? findHostHandler(platform) : undefined;
    if (handler !== undefined) facts['handler'] = handler;
  }
  const needs = [
    'a docker daemon',
    ...(id === 'emulated' ? ['qemu-user registered with binfmt_misc'] : []),
  ];
  return dockerStrategy(
    { id, dockerfile, endpoint, facts, needs, lasting: true, end: () => Promise.resolve() },
    context,
  );
}
