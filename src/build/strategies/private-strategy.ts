import { join } from 'node:path';
import { ArchParityError, type Platform } from '../../core/index.ts';
import {
  prepareEmulator,
  privateDaemons,
  type Emulator,
  type PrivateDaemon,
} from '../../lanes/index.ts';
import { makeDirectory } from '../../store/index.ts';
import type { BuildClient } from '../build-client.ts';
import type { DockerEndpoint } from '../docker-endpoint.ts';
import { dockerStrategy } from './docker-strategy.ts';
import type { Strategy, StrategyContext, StrategyId } from './strategy.ts';

export interface PrivateStrategyOptions {
  readonly id: Exclude<StrategyId, 'remote'>;
  readonly dockerfile: string;
  readonly client: BuildClient;
}

const EMULATED: readonly StrategyId[] = ['emulated', 'emulated-tuned'];

/**
 * A strategy with a docker daemon of its own, in namespaces: `emulated` as anybody's builder does it,
 * `emulated-tuned` with the derived QEMU and its fast CPU; `native` and `cross` with no emulator at all.
 * @throws ArchParityError `PRIVATE_DAEMON_…`, `QEMU_…`, `BUILD_ONE_FOREIGN`
 */
export async function openPrivateStrategy(
  { id, dockerfile, client }: PrivateStrategyOptions,
  context: StrategyContext,
): Promise<Strategy> {
  // Short, as a socket lies in it.
  const directory = join(context.directory, id);
  makeDirectory(directory, 0o700);
  const logger = context.logger === undefined ? {} : { logger: context.logger };
  const emulation = EMULATED.includes(id) ? await findEmulation(context) : undefined;
  const kind = id === 'emulated-tuned' ? 'tuned' : 'plain';
  const { openPrivateDaemon } = await privateDaemons();
  const daemon = await openPrivateDaemon({
    directory,
    ...(context.storeBytes === undefined ? {} : { storeBytes: context.storeBytes }),
    ...(emulation === undefined ? {} : { emulation: { ...emulation, kind } }),
    ...logger,
  });
  const endpoint: DockerEndpoint = {
    host: `unix://${daemon.socket}`,
    client,
    stateDirectory: join(directory, 'client'),
    // It has no bridge: its containers share this machine's network.
    network: context.network ?? 'host',
    cpuMs: () => daemon.cpuMs(),
    explainLoss: () => daemon.ended(),
    explainSpace: async () => Promise.resolve(describeStore(context.storeBytes)),
    ...logger,
  };
  return dockerStrategy(
    {
      id,
      dockerfile,
      endpoint,
      facts: { ...describeDaemon(daemon, client), ...describeEmulator(emulation?.emulator, kind) },
      needs: needsOf(id),
      lasting: false,
      end: () => daemon.close(),
    },
    context,
  );
}

async function findEmulation({
  foreign,
  cacheDir,
  qemu,
  cpu,
  logger,
}: StrategyContext): Promise<{ readonly platform: Platform; readonly emulator: Emulator }> {
  const [platform, ...others] = foreign;
  if (platform === undefined || others.length > 0)
    throw new ArchParityError({
      code: 'BUILD_ONE_FOREIGN',
      message: 'One platform at a time can be built by emulation.',
      advice: 'Run it once for each: --platform linux/arm64, then the next.',
    });
  const settings = {
    ...(qemu === undefined ? {} : { qemu }),
    ...(cpu === undefined ? {} : { cpu }),
  };
  const emulator = await prepareEmulator({ id: 'emulated', kind: 'emulated', settings }, platform, {
    cacheDir,
    ...(logger === undefined ? {} : { logger }),
  });
  return { platform, emulator };
}

function describeDaemon({ version }: PrivateDaemon, client: BuildClient): Record<string, string> {
  return {
    daemon: `dockerd ${version} in namespaces of its own`,
    client: `${client.kind} ${client.version}`,
  };
}

function describeEmulator(
  emulator: Emulator | undefined,
  kind: 'plain' | 'tuned',
): Record<string, string> {
  if (emulator === undefined) return {};
  const { qemu, cpu } = emulator;
  return {
    qemu: qemu.version,
    qemuPath: qemu.path,
    cpu: kind === 'tuned' ? (cpu ?? 'QEMU default') : 'QEMU default',
  };
}

function needsOf(id: StrategyId): string[] {
  const daemon = 'a docker daemon';
  switch (id) {
    case 'emulated':
      return [daemon, 'qemu-user registered with binfmt_misc'];
    case 'emulated-tuned':
      return [daemon, 'the derived QEMU of archparity, with --private-daemon'];
    case 'cross':
      return [daemon, 'a Dockerfile that cross-compiles'];
    default:
      return [daemon];
  }
}

function describeStore(bytes: number | undefined): string {
  const size =
    bytes === undefined ? 'half of the memory' : `${String(Math.round(bytes / 1024 / 1024))} MiB`;
  return `the store of the private daemon has ${size}`;
}
