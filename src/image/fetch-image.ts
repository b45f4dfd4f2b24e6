import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Platform } from '../core/index.ts';
import { withTempDir } from '../store/index.ts';
import { openImageSource, type ImageSource, type SourceOptions } from './image-source.ts';
import { hasImageConfig } from './image-index.ts';
import type { ImageOffer } from './image-offer.ts';
import { readManifest } from './oci-layout.ts';
import { isFileReference, type ImageReference } from './reference.ts';
import type { RegistryImage } from './transports/located-image.ts';
import type { RegistryOptions } from './transports/registry.ts';

export interface FetchOptions extends SourceOptions {
  readonly cancelSignal?: AbortSignal;
  /** Only these; absent = all. */
  readonly platforms?: readonly Platform[];
  /** Whether the layers are wanted too, or of which platforms. */
  readonly layers: boolean | readonly Platform[];
  /** Whether registries may do without TLS, or with a certificate that nobody vouches for. */
  readonly insecure?: boolean;
}

/**
 * Calls `use` with an image of any transport. What a daemon, a storage or a registry has is copied into a temporary
 * directory, with all its platforms, and removed afterwards.
 *
 * @throws ArchParityError those of `locateImage` and of `openImageSource`, `IMAGE_TOOL_TIMED_OUT`, `TOOL_MISSING` (exit 3)
 */
export async function withImageSource<T>(
  reference: ImageReference,
  options: FetchOptions,
  use: (source: ImageSource) => Promise<T>,
): Promise<T> {
  if (isFileReference(reference)) return use(await openImageSource(reference, options));
  return withTempDir(
    async (directory) => {
      const tag = await fetchImage(reference, directory, options);
      return use({ kind: 'layout', layoutDir: directory, tag, cached: true });
    },
    { prefix: 'archparity-image' },
  );
}

/** Makes a layout of an image in an empty directory. @returns its tag */
async function fetchImage(
  reference: ImageReference,
  directory: string,
  options: FetchOptions,
): Promise<string> {
  const { cancelSignal, insecure = false } = options;
  const { createImageAccess } = await import('./transports/create-image-access.ts');
  const { openBlobStore } = await import('./transports/blob-store.ts');
  const access = createImageAccess({
    // Who inspects wants to know what is there now.
    pull: 'always',
    insecure,
    ...(cancelSignal === undefined ? {} : { cancelSignal }),
  });
  const store = openBlobStore(directory);
  const image = await access.locate(reference, { ...options, store });
  const { COPIED_TAG } = await import('./transports/copy-into-layout.ts');
  if (image.kind === 'registry') {
    await fetchOffers(image, { ...options, access, store });
  } else {
    const { exportLocalImage } = await import('./transports/open-local-image.ts');
    await exportLocalImage(image, directory, { ...options, access });
  }
  return COPIED_TAG;
}

async function fetchOffers(
  image: RegistryImage,
  options: FetchOptions & Pick<RegistryOptions, 'access' | 'store'>,
): Promise<void> {
  const { ensureConfig, ensureDocument, fetchManifest } = await import('./transports/registry.ts');
  const { listRegistryOffers } = await import('./transports/registry-offers.ts');
  const { writeLayoutIndex } = await import('./transports/keep-present.ts');
  const { layers, platforms, store } = options;
  const isOneOf = (wanted: readonly Platform[], { platform }: ImageOffer): boolean =>
    platform !== undefined && wanted.includes(platform);
  const offers = (await listRegistryOffers(image, options)).filter(
    (offer) => platforms === undefined || isOneOf(platforms, offer),
  );
  const directory = join(store.directory, 'fetching');
  await mkdir(directory);
  const takesAll = layers === true && platforms === undefined;
  if (takesAll) await fetchManifest(image, image.root.digest, { ...options, directory, all: true });
  for (const offer of offers) {
    const { descriptor } = offer;
    const { digest } = descriptor;
    if (!takesAll && (typeof layers === 'boolean' ? layers : isOneOf(layers, offer)))
      await fetchManifest(image, digest, { ...options, directory });
    await ensureDocument(image, digest, options);
    const manifest = await readManifest(store.directory, descriptor);
    if (hasImageConfig(manifest))
      await ensureConfig(image, { digest, config: manifest.config }, options);
  }
  await writeLayoutIndex(
    store.directory,
    offers.map(({ descriptor }) => descriptor),
  );
}
