import { availableParallelism } from 'node:os';
import type { Platform } from '../../core/index.ts';
import { walkAudited } from '../audit-rootfs.ts';
import { findManifests, type FoundManifest, type ImagePlatform } from '../image-index.ts';
import type { ImageSource } from '../image-source.ts';
import { EMPTY_CONFIG, requireRootPlatform } from '../root-platform.ts';
import { hostRootView } from '../root-view.ts';
import { auditedPlatform, auditImage, type ImageAudit } from './audit-image.ts';
import { createPathBudget } from './path-budget.ts';
import { readLayer } from './read-layer.ts';
import {
  describeLayers,
  readLayeredRoot,
  type DescribedLayer,
  type LayerReader,
} from './read-layered-root.ts';

/** One platform of an image, looked at without running or unpacking it. */
export interface ExaminedPlatform {
  readonly image: ImagePlatform;
  /** The platform whose machines get it: the index's word, else the config's. */
  readonly offeredFor?: Platform;
  /** Bytes of manifest, config and layers, compressed; absent for a plain root file system. */
  readonly size?: number;
  readonly layers: readonly DescribedLayer[];
  /** Absent when only platforms were asked for. */
  readonly audit?: ImageAudit;
}

export interface ExamineOptions {
  /** Only these; absent = all. */
  readonly platforms?: readonly Platform[];
  /** Whether to read the layers, or of which platforms. */
  readonly audit: boolean | readonly Platform[];
  readonly cancelSignal?: AbortSignal;
}

/**
 * Looks at the platforms of an image, and at every program in it.
 * @throws ArchParityError those of `findManifests` and `readLayeredRoot`
 */
export async function examineImage(
  source: ImageSource,
  options: ExamineOptions,
): Promise<readonly ExaminedPlatform[]> {
  if (source.kind === 'rootfs') return [await examineRoot(source.root, options)];
  const { layoutDir } = source;
  const found = (await findManifests(layoutDir, source.tag)).filter((manifest) =>
    isWanted(manifest, options),
  );
  const { default: pLimit } = await import('p-limit');
  // Decompression has a thread of its own for each layer.
  const limit = pLimit(Math.max(1, availableParallelism()));
  const budget = createPathBudget();
  const read = shareLayers(found, (path, layer) =>
    limit(() => {
      options.cancelSignal?.throwIfAborted();
      return readLayer(path, { ...layer, budget });
    }),
  );
  return Promise.all(
    found.map(async (manifest) => {
      const { descriptor, image, offeredFor } = manifest;
      return {
        image,
        size: descriptor.size + image.layers.reduce((total, { size }) => total + size, 0),
        layers: await describeLayers(layoutDir, manifest),
        ...(offeredFor === undefined ? {} : { offeredFor }),
        ...(wantsAudit(manifest, options)
          ? { audit: auditImage(await readLayeredRoot(layoutDir, manifest, read)) }
          : {}),
      };
    }),
  );
}

function isWanted(manifest: FoundManifest, { platforms }: ExamineOptions): boolean {
  return platforms === undefined || isOneOf(manifest, platforms);
}

function wantsAudit(manifest: FoundManifest, { audit }: ExamineOptions): boolean {
  return typeof audit === 'boolean' ? audit : isOneOf(manifest, audit);
}

function isOneOf(
  { offeredFor, image }: Pick<FoundManifest, 'offeredFor' | 'image'>,
  platforms: readonly Platform[],
): boolean {
  const platform = offeredFor ?? auditedPlatform(image.written);
  return platform !== undefined && platforms.includes(platform);
}

/** Remembers what is in a layer as long as another platform of the image has it too. */
function shareLayers(found: readonly FoundManifest[], read: LayerReader): LayerReader {
  const uses = new Map<string, number>();
  for (const { image } of found)
    for (const { digest } of image.layers) uses.set(digest, (uses.get(digest) ?? 0) + 1);
  const reading = new Map<string, ReturnType<LayerReader>>();
  return (path, options) => {
    const { digest } = options.layer;
    if ((uses.get(digest) ?? 0) < 2) return read(path, options);
    // The diff id is verified by reading, so it is part of what was read.
    const key = `${digest} ${options.diffId}`;
    const files = reading.get(key) ?? read(path, options);
    reading.set(key, files);
    return files;
  };
}

async function examineRoot(root: string, options: ExamineOptions): Promise<ExaminedPlatform> {
  const platform = requireRootPlatform(root);
  const image: ImagePlatform = { written: platform, platform, layers: [], config: EMPTY_CONFIG };
  const { audit } = options;
  if (!(typeof audit === 'boolean' ? audit : audit.includes(platform)))
    return { image, offeredFor: platform, layers: [] };
  const links: string[] = [];
  const count = { unreadable: 0 };
  const files = await Array.fromAsync(
    walkAudited(root, {
      onLink: (path) => links.push(path),
      onUnreadable: () => (count.unreadable += 1),
    }),
  );
  return {
    image,
    offeredFor: platform,
    layers: [],
    audit: auditImage({
      view: hostRootView(root),
      files,
      links,
      unreadable: count.unreadable,
      written: platform,
      place: (path) => ({ path }),
      found: [],
    }),
  };
}
