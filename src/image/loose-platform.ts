import { asText, type LooseMap } from '../core/index.ts';

/** The platform that a tool prints of an image, as one text; its words have OCI's names, or those with capitals. */
export function writeLoosePlatform(image: LooseMap): string {
  return (['os', 'architecture', 'variant'] as const)
    .map((name) => image[name] ?? image[`${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`])
    .map((word) => asText(word) ?? '')
    .filter((word) => word !== '')
    .join('/');
}
