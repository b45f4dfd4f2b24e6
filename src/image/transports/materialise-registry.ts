import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Platform } from '../../core/index.ts';
import { findCacheEntry, openMemo, removeTree, withCacheEntry } from '../../store/index.ts';
import { layoutEntry, LAYOUT_TAG, platformMismatch, unpackLimit } from '../copy-layout.ts';
import { findManifests } from '../image-index.ts';
import { chooseOffer } from '../image-offer.ts';
import type { SourceOptions } from '../image-source.ts';
import type { MaterialisedLayout } from '../materialised-image.ts';
import { readManifest } from '../oci-layout.ts';
import type { Descriptor } from '../oci-schema.ts';
import { cachedBlobs, type BlobStore } from './blob-store.ts';
import type { ImageAccess } from './image-access.ts';
import { describePlace, type RegistryImage } from './located-image.ts';
import { ensureConfig, fetchManifest, type RegistryOptions } from './registry.ts';
import { listRegistryOffers } from './registry-offers.ts';

export interface RemoteOptions extends SourceOptions {
  readonly access: ImageAccess;
}

export interface WantedRemote {
  readonly platform: Platform;
  /** The image as the user named it. */
  readonly text: string;
  readonly remote: RemoteOptions;
}

/** How a registry is spoken to, with the blobs in the cache. */
export function registryOptions({
  cacheDir,
  access,
  logger,
  toolDeadlineMs,
}: RemoteOptions): RegistryOptions {
  return {
    cacheDir,
    access,
    store: cachedBlobs(cacheDir),
    ...(logger === undefined ? {} : { logger }),
    ...(toolDeadlineMs === undefined ? {} : { toolDeadlineMs }),
  };
}

/**
 * Gets one platform of an image of a registry into the cache; what is there already is only looked up.
 * @throws ArchParityError as `materialiseImage`, and those of `locateInRegistry`
 */
export async function materialiseRegistry(
  image: RegistryImage,
  wanted: WantedRemote,
): Promise<MaterialisedLayout> {
  const { platform, remote } = wanted;
  const origin = describePlace(image);
  const memo = openMemo<MaterialisedLayout>({
    cacheDir: remote.cacheDir,
    kind: 'image-memo',
    key: ['registry', 'v1', image.root.digest, platform],
  });
  const remembered = memo.recall();
  if (remembered !== undefined) {
    const layoutDir = await findCacheEntry(layoutEntry(remote, remembered.digest));
    if (layoutDir !== undefined) return { ...remembered, layoutDir, origin };
  }
  const made = await fetchPlatform(image, wanted);
  await memo.remember(made);
  return { ...made, origin };
}

async function fetchPlatform(
  image: RegistryImage,
  { platform, remote, text }: WantedRemote,
): Promise<MaterialisedLayout> {
  const options = registryOptions(remote);
  const offers = await listRegistryOffers(image, options);
  const { descriptor, written: declared } = chooseOffer(offers, { platform, text });
  const { digest } = descriptor;
  const layoutDir = await withCacheEntry(layoutEntry(remote, digest), async (dir) => {
    remote.access.note(`fetching ${platform} of ${text} (${digest})`);
    // On the store's file system, and swept with the entry by whoever comes after a killed one.
    const directory = join(dir, 'fetching');
    await mkdir(directory);
    await fetchManifest(image, digest, { ...options, directory });
    await removeTree(directory);
    const { config: configOf } = await readManifest(options.store.directory, descriptor);
    // Of docker's configs skopeo writes others.
    await ensureConfig(image, { digest, config: configOf }, options);
    const { copyImage } = await import('../copy-image.ts');
    const source = { kind: 'layout', layoutDir: options.store.directory, cached: true } as const;
    try {
      await copyImage(source, descriptor, { dir, tag: LAYOUT_TAG, ...unpackLimit(remote) });
    } catch (error) {
      // A damaged blob would be taken for what it is not the next time, too.
      await forgetImage(options.store, descriptor);
      throw error;
    }
  });
  const [copied] = await findManifests(layoutDir, LAYOUT_TAG);
  if (copied === undefined) throw new TypeError(`${layoutDir} has no image`);
  const { config, written } = copied.image;
  if (copied.image.platform !== platform) throw platformMismatch(text, { declared, written });
  return { kind: 'layout', digest, platform, config, layoutDir, tag: LAYOUT_TAG };
}

async function forgetImage(store: BlobStore, descriptor: Descriptor): Promise<void> {
  const manifest = await readManifest(store.directory, descriptor).catch(() => undefined);
  const blobs = manifest === undefined ? [] : [manifest.config, ...manifest.layers];
  for (const { digest } of [descriptor, ...blobs]) await store.forget(digest);
}
