import { join } from 'node:path';
import { ArchParityError } from '../../core/index.ts';
import type { CommandLogger } from '../../process/index.ts';
import { openMemo } from '../../store/index.ts';
import { IMAGE_TOOL_DEADLINE_MS, imageToolTimedOut } from '../tool-deadline.ts';
import type { Descriptor } from '../oci-schema.ts';
import type { BlobStore } from './blob-store.ts';
import type { ImageAccess } from './image-access.ts';
import type { RegistryImage } from './located-image.ts';
import {
  isLoopback,
  readRegistryName,
  writeRegistryName,
  type RegistryName,
} from './registry-name.ts';
import { runSkopeo } from './run-skopeo.ts';
import { explainSkopeoFailure } from './skopeo-failure.ts';

export interface RegistryOptions {
  /** From `ensureCacheRoot`. */
  readonly cacheDir: string;
  readonly access: ImageAccess;
  readonly store: BlobStore;
  readonly logger?: CommandLogger;
  readonly toolDeadlineMs?: number;
}

/** A document is small; a registry and its mirrors that do not answer are waited for so long. */
const DOCUMENT_DEADLINE_MS = 90_000;

/** What a name meant when the registry was asked. */
interface Meaning {
  readonly digest: string;
  /** ISO 8601. */
  readonly askedAt: string;
}

/**
 * Finds out what a name means: asked in the registry, or as it was when it was asked before, by the pull policy.
 * @throws ArchParityError `IMAGE_NOT_CACHED`, `IMAGE_NOT_FOUND` (exit 2), `IMAGE_UNREACHABLE`, `IMAGE_AUTH_REFUSED`,
 * `IMAGE_TLS_…`, `IMAGE_RATE_LIMITED`, `TOOL_MISSING` (exit 3)
 */
export async function locateInRegistry(
  location: string,
  options: RegistryOptions,
): Promise<RegistryImage> {
  const { access, cacheDir, store } = options;
  const name = readRegistryName(location);
  const { repository, digest } = name;
  if (digest !== undefined) {
    const root = (await store.describe(digest)) ?? (await fetchDocument(name, options));
    return { kind: 'registry', repository, root };
  }
  const memo = openMemo<Meaning>({
    cacheDir,
    kind: 'image-names',
    // Who checked no certificate shall not decide what others get.
    key: ['v1', writeRegistryName(name), access.insecure],
  });
  const known = access.pull === 'always' ? undefined : memo.recall();
  const remembered = known === undefined ? undefined : await store.describe(known.digest);
  if (remembered !== undefined) return { kind: 'registry', repository, root: remembered };
  const root = await fetchDocument(name, options);
  await memo.remember({ digest: root.digest, askedAt: new Date().toISOString() });
  return { kind: 'registry', repository, root };
}

/**
 * Gets an index or manifest by its digest; what the store has is not asked for again.
 * @throws ArchParityError as {@link locateInRegistry}
 */
export async function ensureDocument(
  { repository }: RegistryImage,
  digest: string,
  options: RegistryOptions,
): Promise<Descriptor> {
  const known = await options.store.describe(digest);
  return known ?? fetchDocument(readRegistryName(`${repository}@${digest}`), options);
}

/**
 * Gets a manifest and its config, without layers: what is needed to know its platform.
 * @throws ArchParityError as {@link locateInRegistry}
 */
export async function ensureConfig(
  image: RegistryImage,
  manifest: { readonly digest: string; readonly config: Descriptor },
  options: RegistryOptions,
): Promise<void> {
  if (options.store.has(manifest.config.digest)) return;
  const name = readRegistryName(`${image.repository}@${manifest.digest}`);
  await options.store.add(await inspectRaw(name, ['--config'], options));
}

export interface FetchManifestOptions extends RegistryOptions {
  /** Absolute, ours, on the store's file system: blobs grow there. */
  readonly directory: string;
  /** All manifests of an index. */
  readonly all?: boolean;
}

/**
 * Gets a manifest with all its layers into the store; of layers that are there already nothing is transferred.
 * @param digest - of a manifest, or of an index with `all`
 * @throws ArchParityError as {@link locateInRegistry}, `IMAGE_TOOL_TIMED_OUT` (exit 3)
 */
export async function fetchManifest(
  image: RegistryImage,
  digest: string,
  options: FetchManifestOptions,
): Promise<void> {
  const name = readRegistryName(`${image.repository}@${digest}`);
  refuseWhenNever(name, options);
  const { all = false, directory, store, toolDeadlineMs = IMAGE_TOOL_DEADLINE_MS } = options;
  const source = `docker://${writeRegistryName(name)}`;
  const result = await runSkopeo(
    [
      'copy',
      '--quiet',
      ...(all ? ['--all'] : []),
      ...(isInsecure(name, options.access) ? ['--src-tls-verify=false'] : []),
      '--dest-shared-blob-dir',
      join(store.directory, 'blobs'),
      // A layer's digest shall be the one that the manifest says.
      '--dest-oci-accept-uncompressed-layers',
      source,
      'oci:layout:image',
    ],
    { directory, timeoutMs: toolDeadlineMs, ...common(options) },
  );
  if (result.timedOut) throw imageToolTimedOut('skopeo', source, toolDeadlineMs);
  if (result.exitCode !== 0)
    throw explainSkopeoFailure(result.stderr, { text: source, host: name.host });
  // skopeo has written it in OCI's words, which is another document where it was in docker's.
  await ensureDocument(image, digest, options);
}

async function fetchDocument(name: RegistryName, options: RegistryOptions): Promise<Descriptor> {
  return options.store.add(await inspectRaw(name, [], options));
}

async function inspectRaw(
  name: RegistryName,
  words: readonly string[],
  options: RegistryOptions,
): Promise<string> {
  refuseWhenNever(name, options);
  const text = `docker://${writeRegistryName(name)}`;
  const result = await runSkopeo(
    [
      'inspect',
      '--raw',
      ...words,
      ...(isInsecure(name, options.access) ? ['--tls-verify=false'] : []),
      text,
    ],
    { directory: options.cacheDir, timeoutMs: DOCUMENT_DEADLINE_MS, ...common(options) },
  );
  if (result.exitCode === 0) return result.stdout;
  throw explainSkopeoFailure(
    result.timedOut ? `no answer within ${String(DOCUMENT_DEADLINE_MS / 1000)} s` : result.stderr,
    { text, host: name.host },
  );
}

/** @throws ArchParityError `IMAGE_NOT_CACHED` (exit 3) */
function refuseWhenNever(name: RegistryName, { access }: RegistryOptions): void {
  if (access.pull !== 'never') return;
  throw new ArchParityError({
    code: 'IMAGE_NOT_CACHED',
    message: `docker://${writeRegistryName(name)} is not in the cache, and --pull never asks no registry.`,
    advice: 'Leave --pull out once, or copy the image to an OCI layout and name that.',
  });
}

function isInsecure({ host }: RegistryName, { insecure }: ImageAccess): boolean {
  return insecure || isLoopback(host);
}

function common({ logger, access: { cancelSignal } }: RegistryOptions) {
  return {
    ...(logger === undefined ? {} : { logger }),
    ...(cancelSignal === undefined ? {} : { cancelSignal }),
  };
}
