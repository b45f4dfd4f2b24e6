import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchParityError, ExitCode, usageError } from '../core/index.ts';
import type { CommandLogger } from '../process/index.ts';
import { fileIdentity, withCacheEntry } from '../store/index.ts';
import type { FileReference, ImageReference } from './reference.ts';
import { IMAGE_TOOL_DEADLINE_MS } from './tool-deadline.ts';
import type { ImageAccess } from './transports/image-access.ts';

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
  /** How images that are no files are got; absent = with the defaults, and looked for each time. */
  readonly access?: ImageAccess;
}

/**
 * Makes an OCI layout of any image (archives and skopeo's `dir:` are converted into the cache), or
 * recognises a plain root file system.
 *
 * @throws ArchParityError `IMAGE_NOT_FOUND`, `IMAGE_INVALID`, `IMAGE_COPY_FAILED` (exit 2), `TOOL_MISSING`,
 * `IMAGE_TOOL_TIMED_OUT` (exit 3)
 */
export async function openImageSource(
  reference: FileReference,
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
  }
}

/** The file whose identity tells whether a source has changed. */
function sourceFile({ transport, location }: FileReference): string {
  switch (transport) {
    case 'oci':
      return join(location, 'index.json');
    case 'dir':
      return join(location, 'manifest.json');
    case 'oci-archive':
    case 'docker-archive':
      return location;
  }
}

/**
 * What changes when the source does, as a cache key.
 * @throws ArchParityError `IMAGE_NOT_FOUND` (exit 2)
 */
export async function sourceKey(reference: FileReference, ...more: string[]): Promise<string> {
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
  { text, ...reference }: FileReference,
  options: SourceOptions,
): Promise<ImageSource> {
  const { transport, location, tag } = reference;
  const key = await sourceKey({ text, ...reference });
  const source = `${transport}:${location}${tag === undefined ? '' : `:${tag}`}`;
  const { COPIED_TAG, copyIntoLayout } = await import('./transports/copy-into-layout.ts');
  const layoutDir = await withCacheEntry(
    { ...options, kind: 'image-archive', key },
    async (directory) => {
      const { toolDeadlineMs: timeoutMs = IMAGE_TOOL_DEADLINE_MS, logger } = options;
      const log = logger === undefined ? {} : { logger };
      await copyIntoLayout(source, { directory, text, timeoutMs, ...log });
    },
  );
  return { kind: 'layout', layoutDir, tag: COPIED_TAG, cached: true };
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
