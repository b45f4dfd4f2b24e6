import type { ImageAccess, ImageAccessOptions } from './image-access.ts';
import type { LocatedImage } from './located-image.ts';

/** The access of one run; nothing is looked for yet. */
export function createImageAccess(options: ImageAccessOptions = {}): ImageAccess {
  const { pull = 'missing', insecure = false, maxUnpackedBytes, cancelSignal, onNote } = options;
  const located = new Map<string, Promise<LocatedImage>>();
  const access: ImageAccess = {
    pull,
    insecure,
    ...(maxUnpackedBytes === undefined ? {} : { maxUnpackedBytes }),
    ...(cancelSignal === undefined ? {} : { cancelSignal }),
    note: (text) => onNote?.(text),
    locate: (reference, how) => {
      const known = located.get(reference.text);
      if (known !== undefined) return known;
      const found = import('./locate-image.ts').then(({ locateImage }) =>
        locateImage(reference, { ...how, access }),
      );
      located.set(reference.text, found);
      return found;
    },
  };
  return access;
}
