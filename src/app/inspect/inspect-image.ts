import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { usageError, type Platform } from '../../core/index.ts';
import {
  examineImage,
  parseReference,
  withImageSource,
  type ExaminedPlatform,
  type ImageReference,
} from '../../image/index.ts';
import { ensureCacheRoot } from '../../store/index.ts';
import { readVersion } from '../version.ts';
import {
  countFindings,
  type ImageWithOffers,
  type InspectedPlatform,
  type InspectReport,
} from './inspect-report.ts';

export interface InspectOptions {
  /** What relative paths are relative to. */
  readonly cwd: string;
  /** Whether to look at the files, which means to read all layers; or of which platforms. */
  readonly audit: boolean | readonly Platform[];
  /** Whether registries may do without TLS, or with a certificate that nobody vouches for. */
  readonly insecure?: boolean;
  readonly cancelSignal?: AbortSignal;
  readonly logger?: (command: string) => void;
}

export interface InspectRequest extends InspectOptions {
  /** As DESIGN's references are written. */
  readonly reference: string;
  /** Only these; absent = all. */
  readonly platforms?: readonly Platform[];
}

/**
 * Looks at the platforms of an image and at every program in it; nothing of it is run or unpacked.
 * @throws ArchParityError `REFERENCE_INVALID`, `REFERENCE_NOT_AN_IMAGE`, `IMAGE_PLATFORM_MISSING`, `IMAGE_…`
 */
export async function inspectReference(request: InspectRequest): Promise<InspectReport> {
  const { image, offers } = await inspectImage(readImageReference(request), request);
  if (offers.length === 0 && request.platforms !== undefined) {
    throw usageError(
      'IMAGE_PLATFORM_MISSING',
      `${request.reference} has no ${request.platforms.join(', ')}.`,
      'Leave --platform out to see what it has.',
    );
  }
  return {
    version: 1,
    archparity: readVersion(),
    image,
    summary: countFindings(image.platforms),
  };
}

function readImageReference({ reference, cwd }: InspectRequest): ImageReference {
  const parsed = parseReference(reference, cwd);
  if (parsed.kind === 'image') {
    refuseManifest(parsed, cwd);
    return parsed;
  }
  throw usageError(
    'REFERENCE_NOT_AN_IMAGE',
    `${reference} is a path, and inspect looks at images.`,
    `Write oci:${reference}, dir:${reference} or docker-archive:${reference} for an image there, and -f ${reference} for a manifest, compose file or Dockerfile.`,
  );
}

/** A file that names images is no image, though its name could be one's. */
function refuseManifest({ transport, text }: ImageReference, cwd: string): void {
  const isNamedSo = /\.ya?ml$|(?:^|\/)Dockerfile/.test(text);
  if (transport !== 'name' || !isNamedSo || !existsSync(resolve(cwd, text))) return;
  throw usageError(
    'REFERENCE_NOT_AN_IMAGE',
    `${text} is a file, and inspect looks at images.`,
    `Look at the images that it names: archparity inspect -f ${text}`,
  );
}

/** {@link inspectReference} for one of many images. */
export async function inspectImage(
  reference: ImageReference,
  options: InspectOptions & Pick<InspectRequest, 'platforms'>,
): Promise<ImageWithOffers> {
  const { audit, cancelSignal, insecure, logger, platforms } = options;
  const common = cancelSignal === undefined ? {} : { cancelSignal };
  const examined = await withImageSource(
    reference,
    {
      cacheDir: ensureCacheRoot(),
      layers: audit,
      ...common,
      ...(insecure === undefined ? {} : { insecure }),
      ...(logger === undefined ? {} : { logger }),
      ...(platforms === undefined ? {} : { platforms }),
    },
    (source) =>
      examineImage(source, {
        audit,
        ...common,
        ...(platforms === undefined ? {} : { platforms }),
      }),
  );
  const offers = examined.map((platform) => ({
    platform: platform.offeredFor,
    inspected: describePlatform(platform),
  }));
  return {
    image: { reference: reference.text, platforms: offers.map(({ inspected }) => inspected) },
    offers,
  };
}

function describePlatform({ image, size, layers, audit }: ExaminedPlatform): InspectedPlatform {
  const { written, declared, manifestDigest } = image;
  return {
    platform: written,
    ...(declared === undefined ? {} : { declared }),
    ...(manifestDigest === undefined ? {} : { digest: manifestDigest }),
    ...(size === undefined ? {} : { size }),
    layers,
    ...(audit === undefined ? {} : { audit }),
  };
}
