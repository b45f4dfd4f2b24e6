import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchParityError, ExitCode, usageError } from '../core/index.ts';
import { createExec, requireTool, type CommandLogger } from '../process/index.ts';
import { fileIdentity, removeTree, withCacheEntry } from '../store/index.ts';
import type { ImageReference } from './reference.ts';

/** What a reference turned out to be. */
export type ImageSource =
  | {
      readonly kind: 'layout';
      readonly layoutDir: string;
      readonly tag?: string;
      /** Whether it lies in our cache, where files never change and may be shared by links. */
      readonly cached: boolean;
    }
  | { readonly kind: 'rootfs'; readonly root: string };

export interface SourceOptions {
  /** From `ensureCacheRoot`. */
  readonly cacheDir: string;
  readonly logger?: CommandLogger;
  /** Of each tool that reads or unpacks an image. Defaults to {@link IMAGE_TOOL_DEADLINE_MS}. */
  readonly toolDeadlineMs?: number;
}

/** Half an hour: images of many gigabytes take minutes, and what hangs shall not hang a nightly run. */
export const IMAGE_TOOL_DEADLINE_MS = 30 * 60 * 1000;

const CONVERTED_TAG = 'image';

/**
 * Makes an OCI layout of any image (archives and skopeo's `dir:` are converted into the cache), or
 * recognises a plain root file system.
 *
 * @throws ArchParityError `IMAGE_TRANSPORT_UNSUPPORTED`, `IMAGE_NOT_FOUND`, `IMAGE_INVALID`,
 * `IMAGE_COPY_FAILED` (exit 2), `TOOL_MISSING`, `IMAGE_TOOL_TIMED_OUT` (exit 3)
 */
export async function openImageSource(
  reference: ImageReference,
  options: SourceOptions,
): Promise<ImageSource> {
  const { transport, location, tag } = reference;
  switch (transport) {
    case 'oci':
      return {
        kind: 'layout',
        layoutDir: location,
        cached: false,
        ...(tag === undefined ? {} : { tag }),
      };
    case 'dir':
      if (await isSkopeoDirectory(location)) return convertBySkopeo(reference, options);
      if (await isRootDirectory(location)) return { kind: 'rootfs', root: location };
      throw await noSuchDirectory(location);
    case 'docker-archive':
      return convertBySkopeo(reference, options);
    case 'oci-archive': {
      const key = await sourceKey(reference);
      const layoutDir = await withCacheEntry(
        { ...options, kind: 'image-archive', key },
        async (dir) => {
          const { extractLayoutArchive } = await import('./layout-archive.ts');
          await extractLayoutArchive(location, dir);
        },
      );
      return { kind: 'layout', layoutDir, cached: true, ...(tag === undefined ? {} : { tag }) };
    }
    case 'docker-daemon':
    case 'containers-storage':
    case 'docker':
    case 'name':
      throw transportUnsupported(reference);
  }
}

/**
 * The file whose identity tells whether a source has changed.
 * @throws ArchParityError `IMAGE_TRANSPORT_UNSUPPORTED` (exit 2)
 */
function sourceFile({ transport, location, text }: ImageReference): string {
  switch (transport) {
    case 'oci':
      return join(location, 'index.json');
    case 'dir':
      return join(location, 'manifest.json');
    case 'oci-archive':
    case 'docker-archive':
      return location;
    default:
      throw transportUnsupported({ text });
  }
}

/**
 * What changes when the source does, as a cache key.
 * @throws ArchParityError `IMAGE_NOT_FOUND` (exit 2)
 */
export async function sourceKey(reference: ImageReference, ...more: string[]): Promise<string> {
  const file = sourceFile(reference);
  await requireFile(file, reference);
  const facts = [
    reference.transport,
    reference.location,
    reference.tag ?? null,
    identify(file, reference),
    ...more,
  ];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

function identify(file: string, { text }: ImageReference): string {
  try {
    return fileIdentity(file);
  } catch (cause) {
    throw new ArchParityError({
      code: 'IMAGE_NOT_FOUND',
      message: `${text} was not found: there is no ${file}.`,
      advice: 'Check the path.',
      exitCode: ExitCode.usage,
      cause,
    });
  }
}

/** Whoever reads a fifo waits for ever. What is not there at all is told with its reason elsewhere. */
async function requireFile(file: string, { text }: ImageReference): Promise<void> {
  const facts = await stat(file).catch(() => undefined);
  if (facts === undefined || facts.isFile()) return;
  throw usageError(
    'IMAGE_INVALID',
    `${text} cannot be read: ${file} is ${facts.isDirectory() ? 'a directory' : 'no regular file'}.`,
    facts.isDirectory() ? 'Write oci:DIR or dir:DIR for a directory.' : 'Name a file.',
  );
}

async function convertBySkopeo(
  reference: ImageReference,
  options: SourceOptions,
): Promise<ImageSource> {
  const { transport, location, tag } = reference;
  const key = await sourceKey(reference);
  const skopeo = await requireTool('skopeo');
  const deadlineMs = options.toolDeadlineMs ?? IMAGE_TOOL_DEADLINE_MS;
  const source = `${transport}:${location}${tag === undefined ? '' : `:${tag}`}`;
  const layoutDir = await withCacheEntry(
    { ...options, kind: 'image-archive', key },
    async (dir) => {
      // Nothing is pulled, so there is nothing that a signature policy could protect, and many hosts
      // have none.
      const result = await createExec(options)(
        skopeo,
        [
          '--insecure-policy',
          'copy',
          '--quiet',
          '--all',
          source,
          // A colon ends the path, and the cache's may have one.
          `oci:.:${CONVERTED_TAG}`,
        ],
        // Where it notes which layer it saw where, which is the user's data directory otherwise.
        { cwd: dir, timeoutMs: deadlineMs, env: { XDG_DATA_HOME: dir } },
      );
      await removeTree(join(dir, 'containers'));
      if (result.timedOut) throw imageToolTimedOut('skopeo', reference.text, deadlineMs);
      if (result.exitCode !== 0) throw copyFailed(reference, result.stderr);
    },
  );
  return { kind: 'layout', layoutDir, tag: CONVERTED_TAG, cached: true };
}

/** The error of a tool that did not finish with an image in time, and was ended. */
export function imageToolTimedOut(
  tool: string,
  image: string,
  deadlineMs: number,
): ArchParityError {
  return new ArchParityError({
    code: 'IMAGE_TOOL_TIMED_OUT',
    message: `${tool} did not finish with ${image} within ${formatMinutes(deadlineMs)}, and was ended.`,
    advice:
      'See whether the disk is slow or full and whether the image is whole, and run it again.',
  });
}

function formatMinutes(ms: number): string {
  return ms < 60_000 ? `${ms / 1000} s` : `${Math.round(ms / 60_000)} minutes`;
}

function copyFailed({ text }: ImageReference, stderr: string): ArchParityError {
  const message = /msg="?(.*?)"?\s*$/m.exec(stderr)?.[1] ?? stderr.trim();
  return new ArchParityError({
    code: 'IMAGE_COPY_FAILED',
    message: `skopeo could not read ${text}: ${message.replaceAll('\\"', '"')}.`,
    advice:
      'Check that the file is what its transport says, and name a tag if it has several images.',
    exitCode: ExitCode.usage,
  });
}

function transportUnsupported({ text }: { readonly text: string }): ArchParityError {
  return usageError(
    'IMAGE_TRANSPORT_UNSUPPORTED',
    `Images from a daemon, a container storage or a registry are not supported yet ("${text}").`,
    'Copy it first, e.g. with skopeo copy, and name it as oci:DIR:TAG; write ./PATH for a program.',
  );
}

/** skopeo's `dir:` has these two side by side. Source: containers/image `docs/containers-transports.5.md`. */
async function isSkopeoDirectory(path: string): Promise<boolean> {
  const files = await Promise.all([
    isFile(join(path, 'manifest.json')),
    isFile(join(path, 'version')),
  ]);
  return files.every(Boolean);
}

async function isRootDirectory(path: string): Promise<boolean> {
  const names = new Set(await readdir(path).catch(() => []));
  return ['usr', 'bin', 'etc', 'lib'].some((name) => names.has(name));
}

async function noSuchDirectory(path: string): Promise<ArchParityError> {
  const names = await readdir(path).catch(() => undefined);
  const isLayout = names?.includes('index.json') === true;
  return new ArchParityError({
    code: 'IMAGE_NOT_FOUND',
    message:
      names === undefined
        ? `There is no directory ${path}.`
        : `${path} is neither an image nor a root file system.`,
    advice: isLayout
      ? `It is an OCI layout: write oci:${path}.`
      : 'Name a directory made by skopeo (manifest.json and version) or one with usr or bin in it.',
    exitCode: ExitCode.usage,
  });
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  );
}
