import { ArchParityError, usageError, type Platform } from '../core/index.ts';
import { findCacheEntry, withCacheEntry, type CacheEntryOptions } from '../store/index.ts';
import { findManifests, type FoundManifest } from './image-index.ts';
import { openImageMemo } from './image-memo.ts';
import type { MaterialisedImage, MaterialisedLayout } from './materialised-image.ts';
import { openImageSource, type ImageSource, type SourceOptions } from './image-source.ts';
import type { ImageReference } from './reference.ts';
import { EMPTY_CONFIG, requireRootPlatform } from './root-platform.ts';

/** In the key of the cache: to be raised when what is made here changes. */
const FORMAT = 'v1';
const LAYOUT_TAG = 'image';

/**
 * Gets one platform of an image into the cache as an OCI layout of its own: every digest and size
 * verified, every layer's tar headers looked at. zstd layers and Docker's media types are rewritten
 * to what every unpacker reads. When the source did not change since the last call, nothing but a
 * few small reads happens.
 *
 * @throws ArchParityError `IMAGE_PLATFORM_MISSING`, `IMAGE_PLATFORM_MISMATCH`, `IMAGE_LAYER_UNSAFE`,
 * `IMAGE_LAYER_UNSUPPORTED` (exit 2), `IMAGE_DIGEST_MISMATCH`, `IMAGE_BLOB_MISSING` (exit 3), and
 * those of opening the source
 */
export async function materialiseImage(
  reference: ImageReference,
  platform: Platform,
  options: SourceOptions,
): Promise<MaterialisedImage> {
  const { cacheDir } = options;
  const memo = await openImageMemo(reference, platform, cacheDir);
  const remembered = memo.recall();
  if (remembered !== undefined) {
    const layoutDir = await findCacheEntry(layoutEntry(options, remembered.digest));
    if (layoutDir !== undefined) return { ...remembered, layoutDir };
  }

  const source = await openImageSource(reference, options);
  if (source.kind === 'rootfs') {
    requireRootPlatform(source.root, platform);
    return { kind: 'rootfs', platform, config: EMPTY_CONFIG, root: source.root };
  }
  const image = await copyLayout(source, reference, { platform, options }).catch(
    (error: unknown) => {
      throw source.cached ? nameSource(error, source.layoutDir, reference.text) : error;
    },
  );
  await memo.remember(image);
  return image;
}

async function copyLayout(
  source: ImageSource & { kind: 'layout' },
  { text }: ImageReference,
  { platform, options }: { readonly platform: Platform; readonly options: SourceOptions },
): Promise<MaterialisedLayout> {
  const found = selectManifest(await findManifests(source.layoutDir, source.tag), {
    platform,
    text,
  });
  const { digest } = found.descriptor;
  const layoutDir = await withCacheEntry(layoutEntry(options, digest), async (dir) => {
    // Loaded on first use: it brings a tar parser that a second run does not need.
    const { copyImage } = await import('./copy-image.ts');
    await copyImage(source, found.descriptor, { dir, tag: LAYOUT_TAG });
  });
  const { config } = found.image;
  return { kind: 'layout', digest, platform, config, layoutDir, tag: LAYOUT_TAG };
}

/** An error about what was made of an archive in the cache, as one about the archive. */
function nameSource(error: unknown, layoutDir: string, text: string): unknown {
  if (!(error instanceof ArchParityError) || !error.message.includes(layoutDir)) return error;
  const { code, advice, exitCode, cause } = error;
  return new ArchParityError({
    code,
    message: error.message.replaceAll(layoutDir, text),
    exitCode,
    cause,
    ...(advice === undefined ? {} : { advice }),
  });
}

function layoutEntry(options: SourceOptions, digest: string): CacheEntryOptions {
  return { ...options, kind: 'image-layout', key: `${FORMAT}-${digest.slice('sha256:'.length)}` };
}

function selectManifest(
  found: readonly FoundManifest[],
  { platform, text }: { readonly platform: Platform; readonly text: string },
): FoundManifest {
  const offered = found.filter(({ offeredFor }) => offeredFor === platform);
  // Of several feature levels (amd64, amd64/v3) the plain one runs everywhere.
  const chosen = offered.find(({ image }) => image.written === platform) ?? offered[0];
  if (chosen === undefined) {
    const others = [...new Set(found.map(({ image }) => image.written))].join(', ');
    throw usageError(
      'IMAGE_PLATFORM_MISSING',
      `${text} has no ${platform}${others === '' ? ', and no other platform either' : `, only ${others}`}.`,
      `Build it for ${platform} too, or choose another with --platform.`,
    );
  }
  if (chosen.image.declared !== undefined) {
    throw usageError(
      'IMAGE_PLATFORM_MISMATCH',
      `${text} offers ${chosen.image.declared}, but the image behind it says that it is ${chosen.image.written}.`,
      'Build it again: another platform would run under a wrong name.',
    );
  }
  return chosen;
}
