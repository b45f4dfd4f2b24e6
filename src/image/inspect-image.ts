import { findManifests, type ImageIndex } from './image-index.ts';
import { openImageSource, type SourceOptions } from './image-source.ts';
import type { FileReference } from './reference.ts';
import { EMPTY_CONFIG, requireRootPlatform } from './root-platform.ts';

/**
 * All platforms of an image with their configs; nothing is unpacked. A plain root file system is an
 * image of one platform without digests.
 *
 * @throws ArchParityError those of opening the source and of reading its documents
 */
export async function inspectImage(
  reference: FileReference,
  options: SourceOptions,
): Promise<ImageIndex> {
  const source = await openImageSource(reference, options);
  if (source.kind === 'rootfs') {
    const platform = requireRootPlatform(source.root);
    return { platforms: [{ written: platform, platform, layers: [], config: EMPTY_CONFIG }] };
  }
  const found = await findManifests(source.layoutDir, source.tag);
  return { platforms: found.map(({ image }) => image) };
}
