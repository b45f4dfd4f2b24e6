import { basename, dirname, join } from 'node:path';
import { rm } from 'node:fs/promises';
import { ArchParityError } from '../core/index.ts';
import { requireTool, findTool } from '../process/index.ts';
import { clientEnvironment, type DockerEndpoint } from './docker-endpoint.ts';
import { NO_SPACE, noSpaceHere } from './explain-build-failure.ts';
import { runCommand } from './run-command.ts';

const EXPORT_MS = 30 * 60_000;

/**
 * Copies an image of a daemon into an OCI layout, which every daemon's images can become: `docker save`, then
 * skopeo. Layers are compressed anew, so equal layers have equal digests whoever built them.
 * @param layout - absolute, beside it a file is written on the way
 * @throws ArchParityError `BUILD_EXPORT_FAILED`, `TOOL_MISSING`; the reason of `cancelSignal`
 */
export async function exportImage(
  endpoint: DockerEndpoint,
  image: { readonly id: string; readonly layout: string; readonly tag: string },
  cancelSignal: AbortSignal,
): Promise<void> {
  const archive = `${image.layout}.tar`;
  const docker = await dockerClient(endpoint);
  const common = {
    cancelSignal,
    timeoutMs: EXPORT_MS,
    ...(endpoint.logger === undefined ? {} : { logger: endpoint.logger }),
  };
  try {
    const saved = await runCommand([docker, 'save', '--output', archive, image.id], {
      ...common,
      env: clientEnvironment(endpoint),
    });
    cancelSignal.throwIfAborted();
    if (saved.exitCode !== 0) throw exportFailed('docker save', saved.stderr);
    const skopeo = await requireTool('skopeo');
    const copied = await runCommand(
      [
        ...[skopeo, '--insecure-policy', 'copy', '--quiet'],
        `docker-archive:${basename(archive)}`,
        // A colon ends the path, and the directory's may have one.
        `oci:${basename(image.layout)}:${image.tag}`,
      ],
      // skopeo notes in the data directory where it saw which layer.
      {
        ...common,
        cwd: dirname(image.layout),
        env: { XDG_DATA_HOME: dirname(image.layout) },
      },
    );
    cancelSignal.throwIfAborted();
    if (copied.exitCode !== 0) throw exportFailed('skopeo copy', copied.stderr);
  } finally {
    await rm(archive, { force: true });
  }
}

/** Removes an image that nobody has given a name. */
export async function removeImage(endpoint: DockerEndpoint, id: string): Promise<void> {
  const docker = await dockerClient(endpoint);
  const env = clientEnvironment(endpoint);
  const format = '{{len .RepoTags}}';
  const named = await runCommand([docker, 'image', 'inspect', '--format', format, id], {
    env,
    timeoutMs: EXPORT_MS,
  });
  // The user may have built the very same and named it.
  if (named.stdout.trim() === '0')
    await runCommand([docker, 'image', 'rm', id], { env, timeoutMs: EXPORT_MS });
}

/** Any docker client will do to save an image; buildx alone cannot. @throws ArchParityError `TOOL_MISSING` */
async function dockerClient({ client }: DockerEndpoint): Promise<string> {
  if (client.kind === 'docker') return client.path;
  return findTool(join(dirname(client.path), 'docker')) ?? (await requireTool('docker'));
}

function exportFailed(tool: string, said: string): ArchParityError {
  if (NO_SPACE.test(said)) return noSpaceHere('the image that was built');
  const line = said.trim().split('\n').at(-1) ?? '';
  return new ArchParityError({
    code: 'BUILD_EXPORT_FAILED',
    message: `The image that was built could not be taken out of the daemon (${tool}): ${line.replace(/\.$/, '')}.`,
    advice: 'Run again with --verbose for the command.',
  });
}
