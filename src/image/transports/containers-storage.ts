import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ArchParityError, asMap, asText, ExitCode, parseLoose } from '../../core/index.ts';
import { createExec, findTool, requireTool, type CommandLogger } from '../../process/index.ts';
import { writeLoosePlatform } from '../loose-platform.ts';
import { storageDirectory } from '../storage-directory.ts';
import { imageToolTimedOut } from '../tool-deadline.ts';
import { COPIED_TAG, copyIntoLayout } from './copy-into-layout.ts';
import type { LocalImage } from './located-image.ts';
import { runSkopeo } from './run-skopeo.ts';
import { skopeoReason } from './skopeo-failure.ts';

export interface StorageOptions {
  /** From `ensureCacheRoot`. */
  readonly cacheDir: string;
  readonly logger?: CommandLogger;
  readonly cancelSignal?: AbortSignal;
}

const ANSWER_MS = 20_000;

/** Whether podman keeps images here: asking a storage that is not there would make one. */
export function hasContainersStorage(env = process.env): boolean {
  const config = env['XDG_CONFIG_HOME'] ?? join(env['HOME'] ?? '/', '.config');
  return (
    existsSync(storageDirectory(env)) ||
    // Elsewhere, and who configures it has it. Source: containers-storage.conf(5).
    env['CONTAINERS_STORAGE_CONF'] !== undefined ||
    existsSync(join(config, 'containers/storage.conf'))
  );
}

/**
 * Looks for an image in podman's storage: root's as root, else the user's own.
 * @param location - a name, an id, or `[driver@root]name`
 * @throws ArchParityError `IMAGE_NOT_FOUND`, `IMAGE_LIST_EMPTY` (exit 2), `IMAGE_UNREACHABLE`, `TOOL_MISSING` (exit 3)
 */
export async function locateInStorage(
  location: string,
  options: StorageOptions,
): Promise<LocalImage> {
  // `[driver@root]name` names the storage too.
  if (!location.startsWith('[') && !hasContainersStorage()) {
    throw new ArchParityError({
      code: 'IMAGE_UNREACHABLE',
      message: `containers-storage:${location} cannot be reached: this user has no container storage.`,
      advice: 'Check as which user podman or buildah made the image.',
    });
  }
  let reason = '';
  for (const name of storageNames(location)) {
    const manifest = await inspectStored(name, ['--raw'], options);
    if (manifest.exitCode !== 0) {
      reason ||= skopeoReason(manifest.stderr);
      continue;
    }
    const common = {
      kind: 'containers-storage',
      name,
      origins: () => listOrigins(name, options),
      state: '',
    } as const;
    const document = asMap(parseLoose(manifest.stdout));
    const { config, manifests } = document;
    // podman writes null for the images of a list that has none.
    if (Object.hasOwn(document, 'manifests')) {
      if (!Array.isArray(manifests) || manifests.length === 0) throw emptyList(location, name);
      const id = `sha256:${createHash('sha256').update(manifest.stdout).digest('hex')}`;
      const platforms = manifests.map((entry) =>
        writeLoosePlatform(asMap(asMap(entry)['platform'])),
      );
      return { ...common, id, platforms, isList: true };
    }
    const id = asText(asMap(config)['digest']) ?? '';
    const written = await inspectStored(name, ['--config', '--raw'], options);
    return { ...common, id, platforms: [writeLoosePlatform(asMap(parseLoose(written.stdout)))] };
  }
  throw explainStorageFailure(location, reason);
}

/**
 * Copies an image out of podman's storage into an empty directory, as an OCI layout.
 * @throws ArchParityError `IMAGE_COPY_FAILED`, `IMAGE_TOOL_TIMED_OUT`
 */
export async function exportStoredImage(
  image: LocalImage,
  options: StorageOptions & { readonly directory: string; readonly timeoutMs: number },
): Promise<void> {
  const text = `containers-storage:${image.name}`;
  if (image.isList === true) await pushList(image, text, options);
  else await copyIntoLayout(text, { ...options, text, readsStorage: true });
}

/** The images of a list lie in the storage under ids of their own, where podman alone looks for them. */
async function pushList(
  { name }: LocalImage,
  text: string,
  {
    directory,
    timeoutMs,
    logger,
    cancelSignal,
  }: StorageOptions & { readonly directory: string; readonly timeoutMs: number },
): Promise<void> {
  const podman = await requireTool('podman');
  const words = ['manifest', 'push', '--quiet', '--all', name, `oci:.:${COPIED_TAG}`];
  const result = await createExec(logger === undefined ? {} : { logger })(podman, words, {
    cwd: directory,
    guarded: true,
    timeoutMs,
    ...(cancelSignal === undefined ? {} : { cancelSignal }),
  });
  cancelSignal?.throwIfAborted();
  if (result.timedOut) throw imageToolTimedOut('podman', text, timeoutMs);
  if (result.exitCode === 0) return;
  throw new ArchParityError({
    code: 'IMAGE_COPY_FAILED',
    message: `podman could not copy the list ${text}: ${result.stderr.trim().split('\n').at(-1) ?? ''}.`,
    advice: 'Check that its images are still there: podman manifest inspect.',
    exitCode: ExitCode.usage,
  });
}

/** podman's own order: what it builds without a host in the name is of `localhost`. */
function storageNames(location: string): string[] {
  const [first = '', ...rest] = location.split('/');
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const isName = /^[a-z0-9]/.test(location) && !/^[0-9a-f]{64}$/.test(location);
  return hasHost || !isName ? [location] : [`localhost/${location}`, location];
}

function inspectStored(name: string, words: readonly string[], options: StorageOptions) {
  return runSkopeo(['inspect', ...words, `containers-storage:${name}`], {
    ...options,
    directory: options.cacheDir,
    timeoutMs: ANSWER_MS,
    readsStorage: true,
  });
}

/** Where it was pulled from, which podman alone tells; nothing where there is no podman. */
async function listOrigins(name: string, { logger }: StorageOptions): Promise<readonly string[]> {
  const podman = findTool('podman');
  if (podman === undefined || name.startsWith('[')) return [];
  const exec = createExec(logger === undefined ? {} : { logger });
  const words = [
    'image',
    'inspect',
    '--format',
    '{{range .RepoDigests}}{{println .}}{{end}}',
    name,
  ];
  const { exitCode, stdout } = await exec(podman, words, { guarded: true, timeoutMs: ANSWER_MS });
  return exitCode === 0 ? stdout.split('\n').filter((line) => line.includes('@')) : [];
}

function emptyList(location: string, name: string): ArchParityError {
  return new ArchParityError({
    code: 'IMAGE_LIST_EMPTY',
    message: `containers-storage:${location} is a list of no images.`,
    advice: `Add some, podman's own with their transport: podman manifest add ${name} containers-storage:NAME.`,
    exitCode: ExitCode.usage,
  });
}

function explainStorageFailure(location: string, reason: string): ArchParityError {
  const isMissing = /does not resolve to an image ID|identifier is not an image/.test(reason);
  return new ArchParityError({
    code: isMissing ? 'IMAGE_NOT_FOUND' : 'IMAGE_UNREACHABLE',
    message: isMissing
      ? `containers-storage:${location}: there is no such image in podman's storage of this user.`
      : `containers-storage:${location} cannot be read: ${reason}.`,
    advice: 'Check the name (podman image ls), and as which user podman or buildah made it.',
    ...(isMissing ? { exitCode: ExitCode.usage } : {}),
  });
}
