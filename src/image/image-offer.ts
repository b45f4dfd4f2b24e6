import { usageError, type ArchParityError, type Platform } from '../core/index.ts';
import { findOciPlatform } from './image-index.ts';

/** A platform for which an image is offered. */
export interface ImageOffer {
  /** As OCI writes it, e.g. `linux/arm64/v8`. */
  readonly written: string;
  /** Absent when the product does not know it. */
  readonly platform?: Platform;
}

export interface WantedPlatform {
  readonly platform: Platform;
  /** The image as the user named it. */
  readonly text: string;
  /** What to do where it is not offered; defaults to building it. */
  readonly advice?: string;
}

/** The offer behind OCI's words in one text. */
export function readOffer(written: string): ImageOffer {
  const [os = '', architecture = '', variant] = written.split('/');
  const platform = findOciPlatform({ os, architecture, variant });
  return { written, ...(platform === undefined ? {} : { platform }) };
}

/**
 * Chooses what an image offers for a platform.
 * @throws ArchParityError `IMAGE_PLATFORM_MISSING` (exit 2)
 */
export function chooseOffer<T extends ImageOffer>(offers: readonly T[], wanted: WantedPlatform): T {
  const { platform } = wanted;
  const fitting = offers.filter((offer) => offer.platform === platform);
  // Of several feature levels (amd64, amd64/v3) the plain one runs everywhere.
  const chosen = fitting.find(({ written }) => written === platform) ?? fitting[0];
  if (chosen !== undefined) return chosen;
  throw platformMissing(offers, wanted);
}

/** The platforms of offers, for people. */
export function nameOffers(offers: readonly ImageOffer[]): string {
  const names = offers.map(({ written }) => (written === '' ? 'one that names none' : written));
  return [...new Set(names)].join(', ');
}

/** The error of an image that has other platforms only (exit 2). */
export function platformMissing(
  offers: readonly ImageOffer[],
  {
    platform,
    text,
    advice = `Build it for ${platform} too, or choose another with --platform.`,
  }: WantedPlatform,
): ArchParityError {
  const others = nameOffers(offers);
  return usageError(
    'IMAGE_PLATFORM_MISSING',
    `${text} has no ${platform}${others === '' ? ', and no other platform either' : `, only ${others}`}.`,
    advice,
  );
}
