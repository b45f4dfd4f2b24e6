import { basename, dirname, join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { ArchParityError } from '../../core/index.ts';
import { bundleIndex, type BundledIndex, type IndexFormat } from '../../image/index.ts';
import { requireTool, type CommandLogger } from '../../process/index.ts';
import { makeDirectory, removeTree } from '../../store/index.ts';
import { runCommand, type CommandEnd } from '../run-command.ts';
import { countTransfer } from './count-transfer.ts';
import { pushWithDocker, requireManifestTool } from './docker-manifest.ts';

/** Which standard tools make the index in the registry. Both give it the same digest. */
export type PushTool = 'skopeo' | 'docker';

export interface PushOptions {
  /** Without a transport: `HOST/NAME:TAG`. */
  readonly reference: string;
  readonly layoutDir: string;
  readonly tag: string;
  readonly format: IndexFormat;
  readonly tool: PushTool;
  /** Absolute, ours. */
  readonly directory: string;
  readonly cancelSignal: AbortSignal;
  readonly logger?: CommandLogger;
}

/** An index in a registry. */
export interface PushedIndex {
  readonly digest: string;
  /** All that was sent to the registry, counted on the way; absent behind a proxy of the user's. */
  readonly sentBytes?: number;
}

const PUSH_MS = 60 * 60_000;
type Run = (
  argv: readonly string[],
  env?: Readonly<Record<string, string | undefined>>,
) => Promise<CommandEnd>;

/** Docker's rule: a registry on loopback needs no TLS (docker/docs, "insecure registries"). */
function isLoopback(registry: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/.test(registry);
}

/** `HOST/NAME:TAG` taken apart (distribution/reference); a name without a host is Docker Hub's. */
function splitReference(reference: string): {
  readonly registry: string;
  readonly name: string;
  readonly tag: string;
} {
  const [, host, rest = ''] = /^(?:([^/]*[.:][^/]*|localhost)\/)?(.*)$/.exec(reference) ?? [];
  const [, name = rest, tag = 'latest'] = /^(.*?)(?::([\w.-]+))?$/.exec(rest) ?? [];
  return { registry: host ?? 'docker.io', name, tag };
}

/**
 * Pushes an index with all its images as they are, and counts what that sends.
 * @throws ArchParityError `BUILD_PUSH_FAILED`, `BUILD_PUSH_FORMAT`, `TOOL_MISSING`; the reason of `cancelSignal`
 */
export async function pushIndex(options: PushOptions): Promise<PushedIndex> {
  const { layoutDir, tag, format, cancelSignal, logger } = options;
  const target = join(options.directory, 'push');
  makeDirectory(target);
  const { registry, name, tag: written } = splitReference(options.reference);
  const insecure = isLoopback(registry);
  const counter = await countTransfer(registry, { isLoopback: insecure });
  const repository = `${counter?.registry ?? registry}/${name}`;
  const run: Run = async (argv, env = {}) => {
    const end = await runCommand(argv, {
      // skopeo notes in the data directory where it saw which layer.
      env: { XDG_DATA_HOME: target, ...counter?.env, ...env },
      cancelSignal,
      cwd: target,
      timeoutMs: PUSH_MS,
      ...(logger === undefined ? {} : { logger }),
    });
    cancelSignal.throwIfAborted();
    if (end.exitCode === 0) return end;
    throw pushFailed(options.reference, end.stderr.trim().split('\n').at(-1) ?? '');
  };
  try {
    const bundle = await bundleIndex(layoutDir, tag, { format, target: join(target, 'images') });
    const place = {
      repository,
      reference: `${repository}:${written}`,
      insecure,
      directory: target,
    };
    const digest =
      options.tool === 'docker'
        ? await bundleThere(bundle, { ...place, format, run })
        : await pushWhole(bundle, { ...place, run });
    if (digest !== bundle.digest)
      throw pushFailed(options.reference, `it is there as ${digest}, not as ${bundle.digest}`);
    return { digest, ...(counter === undefined ? {} : { sentBytes: counter.sentBytes() }) };
  } finally {
    await counter?.close();
    await removeTree(target);
  }
}

interface Place {
  readonly repository: string;
  readonly reference: string;
  readonly insecure: boolean;
  readonly directory: string;
  readonly run: Run;
}

async function copyWords(directory: string, insecure: boolean): Promise<string[]> {
  return [
    ...[await requireTool('skopeo'), '--insecure-policy', 'copy', '--preserve-digests', '--quiet'],
    ...(insecure ? ['--dest-tls-verify=false'] : []),
    // A colon ends a path, and the directory's may have one.
    `dir:${directory}`,
  ];
}

async function pushWhole(
  { directory: images }: BundledIndex,
  { reference, insecure, directory, run }: Place,
): Promise<string> {
  const file = join(directory, 'digest');
  const words = await copyWords(join(basename(dirname(images)), basename(images)), insecure);
  await run([...words, '--all', '--digestfile', file, `docker://${reference}`]);
  return (await readFile(file, 'utf8')).trim();
}

async function bundleThere(
  { manifests }: BundledIndex,
  place: Place & { readonly format: IndexFormat },
): Promise<string> {
  const { repository, insecure, run } = place;
  const docker = await requireManifestTool(place.format);
  for (const { entry, directory } of manifests) {
    const words = await copyWords(
      join(basename(dirname(directory)), basename(directory)),
      insecure,
    );
    await run([...words, `docker://${repository}@${entry.digest}`]);
  }
  return pushWithDocker({ ...place, docker, manifests });
}

function pushFailed(reference: string, said: string): ArchParityError {
  return new ArchParityError({
    code: 'BUILD_PUSH_FAILED',
    message: `The index could not be pushed to ${reference}: ${said.replace(/\.$/, '')}.`,
    advice: 'Check the name, and log in to the registry: docker login, or skopeo login.',
  });
}
