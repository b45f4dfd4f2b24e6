import { usageError, type Platform } from '../core/index.ts';
import { withCacheEntry, type CacheEntryOptions } from '../store/index.ts';
import { findManifests, type FoundManifest } from './image-index.ts';
import { chooseOffer } from './image-offer.ts';
import type { ImageSource, SourceOptions } from './image-source.ts';
import type { MaterialisedLayout } from './materialised-image.ts';

/** In the key of the cache: to be raised when what is made here changes. */
const FORMAT = 'v1';
/** Of the one image in a layout of the cache. */
export const LAYOUT_TAG = 'image';

/**
 * Copies one platform of a layout into the cache, verified, as a layout of its own.
 * @throws ArchParityError as `materialiseImage`
 */
export async function copyLayout(
  source: ImageSource & { kind: 'layout' },
  {
    platform,
    text,
    options,
  }: { readonly platform: Platform; readonly text: string; readonly options: SourceOptions },
): Promise<MaterialisedLayout> {
  const found = await findManifests(source.layoutDir, source.tag);
  const offers = found.map((manifest) => ({
    manifest,
    written: manifest.image.written,
    ...(manifest.offeredFor === undefined ? {} : { platform: manifest.offeredFor }),
  }));
  const { manifest } = chooseOffer(offers, { platform, text });
  return copyManifest(source, manifest, { platform, text, options });
}

async function copyManifest(
  source: ImageSource & { kind: 'layout' },
  { descriptor, image }: FoundManifest,
  {
    platform,
    text,
    options,
  }: { readonly platform: Platform; readonly text: string; readonly options: SourceOptions },
): Promise<MaterialisedLayout> {
  if (image.declared !== undefined)
    throw platformMismatch(text, { declared: image.declared, written: image.written });
  const { digest } = descriptor;
  const layoutDir = await withCacheEntry(layoutEntry(options, digest), async (dir) => {
    // Loaded on first use: it brings a tar parser that a second run does not need.
    const { copyImage } = await import('./copy-image.ts');
    await copyImage(source, descriptor, { dir, tag: LAYOUT_TAG, ...unpackLimit(options) });
  });
  return { kind: 'layout', digest, platform, config: image.config, layoutDir, tag: LAYOUT_TAG };
}

/** What the user allows an image to unpack to. */
export function unpackLimit({ access }: SourceOptions): { readonly maxUnpackedBytes?: number } {
  const most = access?.maxUnpackedBytes;
  return most === undefined ? {} : { maxUnpackedBytes: most };
}

/** An index that says something else than the image behind it (exit 2). */
export function platformMismatch(
  text: string,
  { declared, written }: { readonly declared: string; readonly written: string },
) {
  return usageError(
    'IMAGE_PLATFORM_MISMATCH',
    `${text} offers ${declared}, but the image behind it says that it is ${written}.`,
    'Build it again: another platform would run under a wrong name.',
  );
}

/** The entry of the cache where the image of a manifest lies. */
export function layoutEntry(options: SourceOptions, digest: string): CacheEntryOptions {
  const { cacheDir, logger } = options;
  return {
    cacheDir,
    kind: 'image-layout',
    key: `${FORMAT}-${digest.slice('sha256:'.length)}`,
    ...(logger === undefined ? {} : { logger }),
  };
}
