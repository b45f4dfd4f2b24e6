import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchParityError, platformFacts, type Platform } from '../core/index.ts';
import { nameCpu, placeWitness } from '../lanes/index.ts';
import { createExec } from '../process/index.ts';
import { makeDirectory } from '../store/index.ts';
import { buildImage } from './build-image.ts';
import type { DockerEndpoint } from './docker-endpoint.ts';
import { NO_HANDLER } from './explain-build-failure.ts';
import { removeImage } from './export-image.ts';

export interface AskOptions {
  readonly platform: Platform;
  /** Absolute, ours. */
  readonly directory: string;
  readonly cacheDir: string;
  readonly cancelSignal: AbortSignal;
  readonly timeoutMs?: number;
}

/** What answered when a daemon executed a program of a platform. */
export interface DaemonAnswer {
  /** `uname -m` of the platform, as the program itself knows it. */
  readonly machine: string;
  /** The CPU that it saw, by name where it is known. */
  readonly cpu: string;
}

const ASK_MS = 120_000;

/**
 * Finds out by executing whether a daemon runs programs of a platform: the witness is a step of a tiny build.
 * @throws ArchParityError `BUILD_NO_HANDLER` when it does not, `BUILD_DAEMON_UNREACHABLE`; those of building
 */
export async function askDaemon(
  endpoint: DockerEndpoint,
  options: AskOptions,
): Promise<DaemonAnswer> {
  const { platform, cacheDir, cancelSignal, timeoutMs = ASK_MS } = options;
  const context = join(options.directory, 'witness');
  makeDirectory(context);
  await copyFile(await placeWitness(platform, { cacheDir }), join(context, 'witness'));
  const dockerfile = join(context, 'Dockerfile');
  await writeFile(dockerfile, 'FROM scratch\nCOPY witness /witness\nRUN ["/witness"]\n');
  const patience = AbortSignal.timeout(timeoutMs);
  const build = buildImage(
    // The program needs none, and the daemon may have no bridge.
    { ...endpoint, network: 'none' },
    { context, dockerfile, platform, buildArgs: [] },
    { noCache: true, directory: context, cancelSignal: AbortSignal.any([cancelSignal, patience]) },
  );
  const run = await build.catch((error: unknown) => {
    cancelSignal.throwIfAborted();
    if (patience.aborted)
      throw unreachable(endpoint, `it did not answer within ${String(timeoutMs / 1000)} s`);
    throw explain(error, endpoint, platform);
  });
  await removeImage(endpoint, run.imageId);
  const said = run.steps.map(({ log }) => log).join('\n');
  const [, machine = '', cpuId = ''] = /archparity-witness (\S+) (\S+)/.exec(said) ?? [];
  if (machine === platformFacts(platform).uname) return { machine, cpu: nameCpu(cpuId) };
  throw new ArchParityError({
    code: 'BUILD_WITNESS_FAILED',
    message: `The docker daemon at ${endpoint.host} did not run the witness program of ${platform} as it should${machine === '' ? '' : `: it ran as ${machine}`}.`,
    advice: 'Check its emulator: archparity doctor.',
  });
}

function explain(error: unknown, endpoint: DockerEndpoint, platform: Platform): unknown {
  if (!(error instanceof ArchParityError)) return error;
  if (error.code === 'BUILD_DAEMON_LOST') return unreachable(endpoint, lastWords(error));
  if (error.code !== 'BUILD_STEP_FAILED') return error;
  if (!NO_HANDLER.test(error.message)) return unreachable(endpoint, error.message);
  const { qemuTarget } = platformFacts(platform);
  return new ArchParityError({
    code: 'BUILD_NO_HANDLER',
    message: `The docker daemon at ${endpoint.host} has no emulator for ${platform}.`,
    advice: `Give it one for all (docker run --privileged --rm tonistiigi/binfmt --install ${platform.split('/')[1] ?? qemuTarget}; Debian: sudo apt install qemu-user-static), or change nothing: --private-daemon`,
    cause: error,
  });
}

/** What the client said, without our own words around it. */
function lastWords({ message, cause }: ArchParityError): string {
  return cause instanceof Error ? cause.message : message;
}

function unreachable({ host }: DockerEndpoint, reason: string): ArchParityError {
  return new ArchParityError({
    code: 'BUILD_DAEMON_UNREACHABLE',
    message: `The docker daemon at ${host} cannot be used: ${reason.replace(/\.$/, '')}.`,
    advice: 'Start it, or use one that is made for this call alone: --private-daemon',
  });
}

/** The daemon that a docker client of this user talks to: `DOCKER_HOST`, its context, or the usual socket. */
export async function findOwnDaemon(
  docker: string | undefined,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string> {
  const written = env['DOCKER_HOST'];
  if (written !== undefined && written !== '') return written;
  const usual = 'unix:///var/run/docker.sock';
  if (docker === undefined) return usual;
  const asked = await createExec()(
    docker,
    ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'],
    {
      timeoutMs: 20_000,
    },
  );
  const host = asked.stdout.trim();
  return asked.exitCode === 0 && host !== '' ? host : usual;
}
