import { ArchParityError, type Platform } from '../core/index.ts';
import { findCacheEntry } from '../store/index.ts';
import { copyLayout, layoutEntry } from './copy-layout.ts';
import { openImageMemo } from './image-memo.ts';
import type { MaterialisedImage } from './materialised-image.ts';
import { openImageSource, type SourceOptions } from './image-source.ts';
import { isFileReference, type FileReference, type ImageReference } from './reference.ts';
import { EMPTY_CONFIG, requireRootPlatform } from './root-platform.ts';

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
  try {
    if (isFileReference(reference)) return await materialiseFile(reference, platform, options);
    const { materialiseRemote } = await import('./transports/materialise-remote.ts');
    return await materialiseRemote(reference, platform, options);
  } catch (error) {
    throw nameImage(error, reference.text);
  }
}

const ABOUT_LAYERS = new Set([
  'IMAGE_LAYER_UNSAFE',
  'IMAGE_LAYER_UNSUPPORTED',
  'IMAGE_TOO_BIG',
  'IMAGE_DIGEST_MISMATCH',
]);

/** An error about a layer, as one about the image: a run may have several. */
function nameImage(error: unknown, text: string): unknown {
  if (!(error instanceof ArchParityError) || !ABOUT_LAYERS.has(error.code)) return error;
  return reword(error, `${text}: ${error.message}`);
}

function reword({ code, advice, exitCode, cause }: ArchParityError, message: string) {
  return new ArchParityError({
    code,
    message,
    exitCode,
    cause,
    ...(advice === undefined ? {} : { advice }),
  });
}

async function materialiseFile(
  reference: FileReference,
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
  const { text } = reference;
  const image = await copyLayout(source, { platform, text, options }).catch((error: unknown) => {
    throw source.cached ? nameSource(error, source.layoutDir, text) : error;
  });
  await memo.remember(image);
  return image;
}

/** An error about what was made of an archive in the cache, as one about the archive. */
function nameSource(error: unknown, layoutDir: string, text: string): unknown {
  if (!(error instanceof ArchParityError) || !error.message.includes(layoutDir)) return error;
  return reword(error, error.message.replaceAll(layoutDir, text));
}
