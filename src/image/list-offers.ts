import type { ImageOffer } from './image-offer.ts';
import type { SourceOptions } from './image-source.ts';
import { inspectImage } from './inspect-image.ts';
import { isFileReference, type ImageReference } from './reference.ts';

/**
 * The platforms that an image offers, of whatever transport; nothing is unpacked.
 * @throws ArchParityError those of opening the source, of reading its documents and of looking for it
 */
export async function listOffers(
  reference: ImageReference,
  options: SourceOptions,
): Promise<readonly ImageOffer[]> {
  if (isFileReference(reference)) {
    const { platforms } = await inspectImage(reference, options);
    return platforms.map(({ written, platform }) => ({
      written,
      ...(platform === undefined ? {} : { platform }),
    }));
  }
  const { listRemoteOffers } = await import('./transports/materialise-remote.ts');
  return listRemoteOffers(reference, options);
}
