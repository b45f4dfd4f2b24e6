import { usageError } from '../../core/index.ts';
import {
  findOciPlatform,
  hasImageConfig,
  isIndex,
  isManifest,
  writePlatform,
} from '../image-index.ts';
import type { ImageOffer } from '../image-offer.ts';
import { readConfig, readIndex, readManifest } from '../oci-layout.ts';
import type { Descriptor } from '../oci-schema.ts';
import type { RegistryImage } from './located-image.ts';
import { ensureConfig, ensureDocument, type RegistryOptions } from './registry.ts';

/** A platform of an image in a registry. */
export interface RegistryOffer extends ImageOffer {
  /** Of its manifest. */
  readonly descriptor: Descriptor;
}

/** An index in an index is all that tools make; deeper nesting is an attack or a mistake. */
const MAX_DEPTH = 4;

/**
 * The platforms of an image in a registry, by the words of its index; no layer is transferred. What no index says
 * is asked of the config.
 * @throws ArchParityError `IMAGE_INVALID` (exit 2), and those of `locateInRegistry`
 */
export function listRegistryOffers(
  image: RegistryImage,
  options: RegistryOptions,
): Promise<readonly RegistryOffer[]> {
  return collectOffers(image, [image.root], { options, depth: 0 });
}

async function collectOffers(
  image: RegistryImage,
  descriptors: readonly Descriptor[],
  { options, depth }: { readonly options: RegistryOptions; readonly depth: number },
): Promise<RegistryOffer[]> {
  if (depth > MAX_DEPTH)
    throw usageError('IMAGE_INVALID', `The indexes of ${image.repository} are nested too deeply.`);
  const { directory } = options.store;
  const offers: RegistryOffer[] = [];
  for (const descriptor of descriptors) {
    if (descriptor.platform?.architecture === 'unknown') continue;
    if (isIndex(descriptor)) {
      await ensureDocument(image, descriptor.digest, options);
      const { manifests } = await readIndex(directory, descriptor);
      offers.push(...(await collectOffers(image, manifests, { options, depth: depth + 1 })));
    } else if (isManifest(descriptor)) {
      const words = descriptor.platform ?? (await askConfig(image, descriptor, options));
      if (words === undefined) continue;
      const platform = findOciPlatform(words);
      offers.push({
        descriptor,
        written: writePlatform(words),
        ...(platform === undefined ? {} : { platform }),
      });
    } else if (descriptor === image.root) {
      throw usageError(
        'IMAGE_INVALID',
        `${image.repository} has a manifest of the type "${descriptor.mediaType}", which is no image.`,
        'Build it again with a current tool: manifests of docker before 1.10 are not supported.',
      );
    }
  }
  return offers;
}

async function askConfig(image: RegistryImage, descriptor: Descriptor, options: RegistryOptions) {
  const { directory } = options.store;
  await ensureDocument(image, descriptor.digest, options);
  const manifest = await readManifest(directory, descriptor);
  if (!hasImageConfig(manifest)) return undefined;
  const { digest } = descriptor;
  await ensureConfig(image, { digest, config: manifest.config }, options);
  return readConfig(directory, manifest.config);
}
