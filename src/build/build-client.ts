import { join } from 'node:path';
import { ArchParityError } from '../core/index.ts';
import {
  createExec,
  findTool,
  homeDirectory,
  installHint,
  type CommandLogger,
} from '../process/index.ts';

/** The program that speaks with BuildKit: buildx, or a docker that has BuildKit's client in it. */
export interface BuildClient {
  readonly kind: 'buildx' | 'docker';
  readonly path: string;
  readonly version: string;
  /** `rawjson` where it is known: exact times instead of tenths of seconds. */
  readonly progress: 'rawjson' | 'plain';
}

/** docker/cli, `cli-plugins/manager`: where a client looks for its plugins. */
const PLUGIN_DIRECTORIES = [
  '/usr/local/lib/docker/cli-plugins',
  '/usr/local/libexec/docker/cli-plugins',
  '/usr/lib/docker/cli-plugins',
  '/usr/libexec/docker/cli-plugins',
];
const ASK_MS = 20_000;

interface ClientOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly logger?: CommandLogger;
}

/**
 * buildx where it is installed (also without a docker client), else a docker client of 18.09 to 22, which
 * builds with BuildKit by itself.
 * @throws ArchParityError `BUILD_CLIENT_MISSING`
 */
export async function findBuildClient({
  env = process.env,
  logger,
}: ClientOptions = {}): Promise<BuildClient> {
  const exec = createExec(logger === undefined ? {} : { logger });
  const config = env['DOCKER_CONFIG'] ?? join(homeDirectory(env), '.docker');
  const plugins = [join(config, 'cli-plugins'), ...PLUGIN_DIRECTORIES].map((directory) =>
    join(directory, 'docker-buildx'),
  );
  for (const candidate of ['docker-buildx', ...plugins]) {
    const path = findTool(candidate, { env });
    if (path === undefined) continue;
    const asked = await exec(path, ['version'], { timeoutMs: ASK_MS });
    const version = /v?(\d+\.\d+\.\d+)/.exec(asked.stdout)?.[1];
    if (asked.exitCode !== 0 || version === undefined) continue;
    const progress = isAtLeast(version, [0, 13]) ? 'rawjson' : 'plain';
    return { kind: 'buildx', path, version, progress };
  }
  const seen: string[] = [];
  for (const path of dockerClients(env)) {
    const asked = await exec(path, ['--version'], { timeoutMs: ASK_MS });
    const version = /version (\d+\.\d+\.\d+)/.exec(asked.stdout)?.[1];
    if (version === undefined) continue;
    if (isAtLeast(version, [18, 9]) && !isAtLeast(version, [23, 0]))
      return { kind: 'docker', path, version, progress: 'plain' };
    seen.push(`${path} ${version}`);
  }
  throw new ArchParityError({
    code: 'BUILD_CLIENT_MISSING',
    message:
      seen.length === 0
        ? 'There is neither docker-buildx nor docker, so nothing can be built.'
        : `docker-buildx is not installed, and ${seen.join(', ')} does not build without it.`,
    advice: await installHint(seen.length === 0 ? 'docker' : 'docker-buildx'),
  });
}

/** Every docker in PATH: an older one may lie behind a newer one that has no buildx. */
function dockerClients(env: Readonly<Record<string, string | undefined>>): string[] {
  const directories = (env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin').split(':');
  const paths = [...directories, '/usr/bin']
    .filter((directory) => directory.startsWith('/'))
    .flatMap((directory) => findTool(join(directory, 'docker'), { env }) ?? []);
  return [...new Set(paths)];
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [a = 0, b = 0] = version.split('.').map(Number);
  return a > major || (a === major && b >= minor);
}

export interface BuildWords {
  readonly context: string;
  /** Absolute. */
  readonly dockerfile: string;
  readonly platform: string;
  readonly buildArgs: readonly string[];
  readonly target?: string;
  readonly noCache: boolean;
  /** Where the image's id is written. */
  readonly idFile: string;
  /** Of RUN steps; absent = the daemon's default. */
  readonly network?: string;
}

/** The command that builds an image of one platform into the daemon, without a name. */
export function buildCommand(client: BuildClient, words: BuildWords): string[] {
  const { context, dockerfile, platform, buildArgs, target, noCache, idFile, network } = words;
  const own =
    client.kind === 'buildx'
      ? // An attestation would differ from build to build, and make an index of a single image.
        [
          'build',
          '--builder',
          'default',
          '--load',
          '--provenance=false',
          '--progress',
          client.progress,
        ]
      : ['build', '--progress', client.progress];
  return [
    client.path,
    ...own,
    ...['--platform', platform, '--file', dockerfile, '--iidfile', idFile],
    ...(network === undefined ? [] : ['--network', network]),
    ...(target === undefined ? [] : ['--target', target]),
    ...buildArgs.flatMap((argument) => ['--build-arg', argument]),
    ...(noCache ? ['--no-cache'] : []),
    context,
  ];
}
