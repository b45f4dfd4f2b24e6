import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  findBuildClient,
  openCommandStrategy,
  openOwnDaemonStrategy,
  openPrivateStrategy,
  openRemoteStrategy,
  type BuildClient,
  type RemoteNode,
  type Strategy,
  type StrategyContext,
  type StrategyId,
} from '../../build/index.ts';
import { hostPlatform, usageError, type Platform } from '../../core/index.ts';
import { openSshNode, openVmNode } from './open-remote-node.ts';
import { STRATEGIES, type BuildRequest, type StrategyName } from './build-request.ts';

/** The files of a request, found. */
export interface BuildFiles {
  /** Absolute. */
  readonly context: string;
  readonly dockerfile: string;
  readonly crossFile?: string;
}

/** One strategy that is wanted, and how to open it. */
export interface WantedStrategy {
  readonly id: StrategyId;
  readonly open: () => Promise<Strategy>;
}

function requireFile(path: string, option: string): string {
  if (existsSync(path) && statSync(path).isFile()) return path;
  throw usageError('BUILD_FILE_MISSING', `There is no file ${path}.`, `Name it with ${option}.`);
}

/** @throws ArchParityError `BUILD_CONTEXT_MISSING`, `BUILD_FILE_MISSING` (exit 2) */
export function findBuildFiles(request: BuildRequest): BuildFiles {
  const context = resolve(request.cwd, request.context);
  if (!existsSync(context) || !statSync(context).isDirectory())
    throw usageError(
      'BUILD_CONTEXT_MISSING',
      `There is no directory ${context} to build.`,
      'Name the directory that holds the Dockerfile.',
    );
  const named = (path: string | undefined, name: string): string =>
    path === undefined ? join(context, name) : resolve(request.cwd, path);
  const dockerfile = requireFile(named(request.dockerfile, 'Dockerfile'), '-f FILE');
  const usual = named(request.crossFile, 'Dockerfile.cross');
  if (request.crossFile !== undefined) requireFile(usual, '--cross-file FILE');
  return { context, dockerfile, ...(existsSync(usual) ? { crossFile: usual } : {}) };
}

/**
 * The strategies of a request: those that are named, else those for which there is what they need.
 * @throws ArchParityError `BUILD_REMOTE_MISSING`, `BUILD_CROSS_MISSING` (exit 2)
 */
function chooseStrategies(request: BuildRequest, files: BuildFiles): StrategyName[] {
  const has: Readonly<Record<StrategyName, boolean>> = {
    emulated: true,
    remote: request.remote !== undefined || request.vm,
    cross: files.crossFile !== undefined || request.crossCommand !== undefined,
  };
  if (request.strategies.length === 0) return STRATEGIES.filter((name) => has[name]);
  if (request.strategies.includes('remote') && !has.remote)
    throw usageError(
      'BUILD_REMOTE_MISSING',
      'The strategy remote needs a machine.',
      'Name one with --remote ssh://user@host, or have one made with --vm.',
    );
  if (request.strategies.includes('cross') && !has.cross)
    throw usageError(
      'BUILD_CROSS_MISSING',
      'The strategy cross needs a Dockerfile that cross-compiles, or a command.',
      'Name it with --cross-file FILE or --cross-command COMMAND.',
    );
  return STRATEGIES.filter((name) => request.strategies.includes(name));
}

/** Ports of this machine's loopback that the build asks for: a node elsewhere needs them, too. */
async function loopbackPorts(
  request: BuildRequest,
  { dockerfile, crossFile }: BuildFiles,
): Promise<number[]> {
  const files = [dockerfile, ...(crossFile === undefined ? [] : [crossFile])];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const all = [...request.buildArgs, ...texts].join('\n');
  return [
    ...new Set(
      [...all.matchAll(/(?:localhost|127\.0\.0\.1):(\d{2,5})/g)].map(([, port]) => Number(port)),
    ),
  ];
}

/** All that is to be opened for a request. @throws ArchParityError `BUILD_CLIENT_MISSING` and bad usage */
export async function wantStrategies(
  request: BuildRequest,
  files: BuildFiles,
  context: StrategyContext,
): Promise<WantedStrategy[]> {
  const names = chooseStrategies(request, files);
  const onlyCommand = request.crossCommand !== undefined && names.every((name) => name === 'cross');
  const client = onlyCommand
    ? undefined
    : await findBuildClient(context.logger === undefined ? {} : { logger: context.logger });
  const open = request.privateDaemon ? openPrivateStrategy : openOwnDaemonStrategy;
  const byDaemon = (id: Exclude<StrategyId, 'remote'>, dockerfile: string): WantedStrategy[] =>
    client === undefined ? [] : [{ id, open: () => open({ id, dockerfile, client }, context) }];
  const wanted: WantedStrategy[] = [];
  if (request.platforms.includes(hostPlatform()))
    wanted.push(...byDaemon('native', files.dockerfile));
  for (const name of names) {
    if (name === 'emulated') {
      wanted.push(...byDaemon('emulated', files.dockerfile));
      // A daemon of the user's has the handlers of its machine, which are not ours to change.
      if (request.privateDaemon) wanted.push(...byDaemon('emulated-tuned', files.dockerfile));
    } else if (name === 'cross' && request.crossCommand !== undefined) {
      const { crossCommand } = request;
      wanted.push({
        id: 'cross',
        open: () => Promise.resolve(openCommandStrategy(crossCommand, context)),
      });
    } else if (name === 'cross' && files.crossFile !== undefined) {
      wanted.push(...byDaemon('cross', files.crossFile));
    } else if (name === 'remote' && client !== undefined) {
      wanted.push({ id: 'remote', open: () => openRemote({ request, files, client }, context) });
    }
  }
  return wanted;
}

async function openRemote(
  parts: {
    readonly request: BuildRequest;
    readonly files: BuildFiles;
    readonly client: BuildClient;
  },
  context: StrategyContext,
): Promise<Strategy> {
  const { request, files, client } = parts;
  const [platform] = context.foreign;
  if (platform === undefined) throw new TypeError('nothing foreign is to be built');
  const { remote } = request;
  const ports = remote === undefined ? await loopbackPorts(request, files) : [];
  const open = (socket: string): Promise<RemoteNode> =>
    remote === undefined
      ? openVmNode(platform, { ports, say: request.say, ...laneOptions(context) })
      : openSshNode(remote, { platform, socket, ...laneOptions(context) });
  return openRemoteStrategy({ dockerfile: files.dockerfile, client, platform, open }, context);
}

function laneOptions({ cacheDir, cancelSignal, logger }: StrategyContext) {
  return { cacheDir, cancelSignal, ...(logger === undefined ? {} : { logger }) };
}

/** The platform that is not this machine's own. @throws ArchParityError `BUILD_NOTHING_FOREIGN` (exit 2) */
export function foreignPlatforms(platforms: readonly Platform[]): Platform[] {
  const foreign = platforms.filter((platform) => platform !== hostPlatform());
  if (foreign.length === 1) return foreign;
  throw usageError(
    'BUILD_NOTHING_FOREIGN',
    foreign.length === 0
      ? `${platforms.join(', ')} is what this machine builds by itself: there is nothing to compare.`
      : 'One foreign platform at a time can be measured.',
    'Name one platform besides this machine’s own: --platform linux/amd64,linux/arm64.',
  );
}
