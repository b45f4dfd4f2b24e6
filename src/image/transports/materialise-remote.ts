import { ArchParityError, type Platform } from '../../core/index.ts';
import { findCacheEntry, openMemo } from '../../store/index.ts';
import { copyLayout, layoutEntry } from '../copy-layout.ts';
import { findManifests } from '../image-index.ts';
import { platformMissing, readOffer, type ImageOffer } from '../image-offer.ts';
import type { SourceOptions } from '../image-source.ts';
import type { MaterialisedLayout } from '../materialised-image.ts';
import type { ImageReference } from '../reference.ts';
import { createImageAccess } from './create-image-access.ts';
import { describePlace, type LocalImage, type RegistryImage } from './located-image.ts';
import {
  materialiseRegistry,
  registryOptions,
  type RemoteOptions,
  type WantedRemote,
} from './materialise-registry.ts';
import { localImageKey, openLocalImage } from './open-local-image.ts';
import { locateInRegistry } from './registry.ts';
import { listRegistryOffers } from './registry-offers.ts';

/**
 * Gets one platform of an image of a daemon, a storage or a registry into the cache. What was got before is not got
 * again; whether a registry is asked at all is the access's to decide.
 * @throws ArchParityError as `materialiseImage`, and those of `locateImage`
 */
export async function materialiseRemote(
  reference: ImageReference,
  platform: Platform,
  options: SourceOptions,
): Promise<MaterialisedLayout> {
  const remote = withAccess(options);
  const wanted: WantedRemote = { platform, text: reference.text, remote };
  const image = await remote.access.locate(reference, remote);
  if (image.kind === 'registry') return materialiseRegistry(image, wanted);
  const own = await listLocalOffers(image, remote);
  if (own.some((offer) => offer.platform === platform)) return materialiseLocal(image, wanted);
  for (const origin of await listOrigins(reference, image, remote)) {
    if (origin.offers.every((offer) => offer.platform !== platform)) continue;
    remote.access.note(
      `${platform} of ${reference.text} is taken from ${describePlace(origin.image)}`,
    );
    return materialiseRegistry(origin.image, wanted);
  }
  throw platformMissing(own, { ...wanted, advice: adviseOnePlatform(image, platform) });
}

/**
 * The platforms that an image of a daemon, a storage or a registry offers; no layer of a registry is transferred.
 * @throws ArchParityError those of `locateImage`
 */
export async function listRemoteOffers(
  reference: ImageReference,
  options: SourceOptions,
): Promise<readonly ImageOffer[]> {
  const remote = withAccess(options);
  const image = await remote.access.locate(reference, remote);
  if (image.kind === 'registry') return listRegistryOffers(image, registryOptions(remote));
  const origins = await listOrigins(reference, image, remote);
  return [...(await listLocalOffers(image, remote)), ...origins.flatMap(({ offers }) => offers)];
}

function withAccess(options: SourceOptions): RemoteOptions {
  return { ...options, access: options.access ?? createImageAccess() };
}

function adviseOnePlatform({ kind, name }: LocalImage, platform: Platform): string {
  const place = kind === 'docker-daemon' ? 'A docker daemon' : 'podman';
  return `${place} keeps one platform under a name: take both from a registry (docker://${name.replace(/^localhost\//, '')}), or build ${platform} too and put both into an OCI layout.`;
}

async function listLocalOffers(
  image: LocalImage,
  remote: RemoteOptions,
): Promise<readonly ImageOffer[]> {
  if (image.platforms !== undefined) return image.platforms.map(readOffer);
  const { layoutDir, tag } = await openLocalImage(image, remote);
  const found = await findManifests(layoutDir, tag);
  return found.map(({ offeredFor, image: { written } }) => ({
    written,
    ...(offeredFor === undefined ? {} : { platform: offeredFor }),
  }));
}

interface Origin {
  readonly image: RegistryImage;
  readonly offers: readonly ImageOffer[];
}

/**
 * What the registries have from which a bare name was pulled, by the digest that was pulled: a bare name that is
 * here for one platform has its others there, and they are of the same build.
 */
async function listOrigins(
  { transport }: ImageReference,
  image: LocalImage,
  remote: RemoteOptions,
): Promise<Origin[]> {
  if (transport !== 'name') return [];
  const options = registryOptions(remote);
  const found: Origin[] = [];
  for (const origin of await image.origins()) {
    try {
      const located = await locateInRegistry(origin, options);
      found.push({ image: located, offers: await listRegistryOffers(located, options) });
    } catch (error) {
      if (!(error instanceof ArchParityError)) throw error;
      remote.access.note(`${origin}, from which it was pulled, is of no help: ${error.message}`);
    }
  }
  return found;
}

async function materialiseLocal(
  image: LocalImage,
  { platform, remote, text }: WantedRemote,
): Promise<MaterialisedLayout> {
  const origin = describePlace(image);
  const memo = openMemo<MaterialisedLayout>({
    cacheDir: remote.cacheDir,
    kind: 'image-memo',
    key: [...localImageKey(image), platform],
  });
  const remembered = memo.recall();
  if (remembered !== undefined) {
    const layoutDir = await findCacheEntry(layoutEntry(remote, remembered.digest));
    if (layoutDir !== undefined) return { ...remembered, layoutDir, origin };
  }
  remote.access.note(`copying ${text} out of ${origin}`);
  const source = await openLocalImage(image, remote);
  const made = await copyLayout(source, { platform, text, options: remote });
  await memo.remember(made);
  return { ...made, origin };
}
