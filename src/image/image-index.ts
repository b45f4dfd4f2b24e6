import { findPlatform, usageError, type Platform } from '../core/index.ts';
import { readConfig, readIndex, readLayoutIndex, readManifest } from './oci-layout.ts';
import type { Descriptor, OciConfig } from './oci-schema.ts';

/** What an image says about how it wants to be run. Source: image-spec `config.md`. */
export interface ImageConfig {
  /** Absent when the image has none, which is not the same as an empty one. */
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  /** `NAME=value`, in order. */
  readonly env: readonly string[];
  /** `user`, `uid`, `user:group`, … as written; empty = root. */
  readonly user: string;
  /** Empty = `/`. */
  readonly workdir: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `8080/tcp`, sorted. */
  readonly exposedPorts: readonly string[];
  readonly volumes: readonly string[];
  readonly stopSignal?: string;
}

/** One platform of an image. */
export interface ImagePlatform {
  /** What the config says, as OCI writes it, e.g. `linux/arm64/v8`. */
  readonly written: string;
  /** Absent when the product does not know it. */
  readonly platform?: Platform;
  /** What the index says, where that is something else than the config. */
  readonly declared?: string;
  /** Absent for a plain root file system. */
  readonly manifestDigest?: string;
  readonly configDigest?: string;
  readonly layers: readonly ImageLayer[];
  readonly config: ImageConfig;
}

export interface ImageLayer {
  readonly digest: string;
  readonly mediaType: string;
  /** Bytes, compressed as they lie in the image. */
  readonly size: number;
}

/** An image with all its platforms. */
export interface ImageIndex {
  readonly platforms: readonly ImagePlatform[];
}

/** A manifest of a layout, found through all nested indexes. */
export interface FoundManifest {
  readonly descriptor: Descriptor;
  /** The platform that it is offered for: the index's word, else the config's. */
  readonly offeredFor?: Platform;
  readonly image: ImagePlatform;
}

const REF_NAME = 'org.opencontainers.image.ref.name';
const INDEX_TYPES: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);
const MANIFEST_TYPES = new Set([
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  // Left out by some old tools.
  '',
]);
const CONFIG_TYPES = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
  '',
]);
/** An index in an index is all that tools make; deeper nesting is an attack or a mistake. */
const MAX_DEPTH = 4;

/**
 * All platforms of the image in a layout. Attestations (`unknown/unknown`) and artifacts are left
 * out. Without a tag the layout must hold one image; several entries of different platforms are one.
 *
 * @throws ArchParityError `IMAGE_TAG_MISSING`, `IMAGE_TAG_NEEDED`, `IMAGE_INVALID` (exit 2) and
 * those of reading the documents
 */
export async function findManifests(
  layoutDir: string,
  tag: string | undefined,
): Promise<FoundManifest[]> {
  const { manifests } = await readLayoutIndex(layoutDir);
  const chosen = tag === undefined ? manifests : manifests.filter((entry) => hasTag(entry, tag));
  const tags = [...new Set(manifests.flatMap((entry) => entry.annotations?.[REF_NAME] ?? []))];
  if (chosen.length === 0) {
    throw usageError(
      'IMAGE_TAG_MISSING',
      tag === undefined
        ? `The layout ${layoutDir} has no image.`
        : `The layout ${layoutDir} has no image with the tag "${tag}".`,
      tags.length === 0 ? 'Copy an image to it first.' : `It has ${tags.join(', ')}.`,
    );
  }
  const found = await collectManifests(layoutDir, chosen, 0);
  if (tag === undefined && tags.length > 1) {
    const platforms = found.map(({ image }) => image.written);
    if (new Set(platforms).size < platforms.length) {
      throw usageError(
        'IMAGE_TAG_NEEDED',
        `The layout ${layoutDir} has several images.`,
        `Add a tag to the reference: ${tags.map((name) => `:${name}`).join(', ')}.`,
      );
    }
  }
  return found;
}

/** A tag as the layout writes it; some tools write a whole name (`docker.io/library/app:1.2`). */
function hasTag(entry: Descriptor, tag: string): boolean {
  return (
    entry.annotations?.[REF_NAME] === tag || entry.annotations?.['io.containerd.image.name'] === tag
  );
}

/** Whether a descriptor is that of an index. */
export function isIndex({ mediaType }: Descriptor): boolean {
  return INDEX_TYPES.has(mediaType);
}

/** Whether a descriptor is that of an image's manifest; artifacts are told by their config. */
export function isManifest({ mediaType }: Descriptor): boolean {
  return MANIFEST_TYPES.has(mediaType);
}

/** Whether a manifest is that of an image, and not of a signature or an SBOM. */
export function hasImageConfig({ config }: { readonly config: Descriptor }): boolean {
  return CONFIG_TYPES.has(config.mediaType);
}

async function collectManifests(
  layoutDir: string,
  descriptors: readonly Descriptor[],
  depth: number,
): Promise<FoundManifest[]> {
  if (depth > MAX_DEPTH) {
    throw usageError('IMAGE_INVALID', `The indexes of ${layoutDir} are nested too deeply.`);
  }
  const found: FoundManifest[] = [];
  const seen = new Set<string>();
  for (const descriptor of descriptors) {
    if (descriptor.platform?.architecture === 'unknown' || seen.has(descriptor.digest)) continue;
    seen.add(descriptor.digest);
    if (isIndex(descriptor)) {
      const nested = await readIndex(layoutDir, descriptor);
      found.push(...(await collectManifests(layoutDir, nested.manifests, depth + 1)));
    } else if (isManifest(descriptor)) {
      const image = await readImagePlatform(layoutDir, descriptor);
      if (image === undefined) continue;
      const offeredFor =
        descriptor.platform === undefined ? image.platform : findOciPlatform(descriptor.platform);
      found.push({ descriptor, image, ...(offeredFor === undefined ? {} : { offeredFor }) });
    }
  }
  return found;
}

async function readImagePlatform(
  layoutDir: string,
  descriptor: Descriptor,
): Promise<ImagePlatform | undefined> {
  const manifest = await readManifest(layoutDir, descriptor);
  // Artifacts (signatures, SBOMs) are manifests too, with a config of another type.
  if (!hasImageConfig(manifest)) return undefined;
  const config = await readConfig(layoutDir, manifest.config);
  const written = writePlatform(config);
  const declared =
    descriptor.platform === undefined ? undefined : writePlatform(descriptor.platform);
  const platform = findOciPlatform(config);
  const contradicts =
    descriptor.platform !== undefined &&
    declared !== written &&
    (platform === undefined || findOciPlatform(descriptor.platform) !== platform);
  return {
    written,
    ...(platform === undefined ? {} : { platform }),
    ...(contradicts && declared !== undefined ? { declared } : {}),
    manifestDigest: descriptor.digest,
    configDigest: manifest.config.digest,
    layers: manifest.layers.map(({ digest, mediaType, size }) => ({ digest, mediaType, size })),
    config: toImageConfig(config),
  };
}

interface OciPlatform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

/** OCI's words as one text, e.g. `linux/arm64/v8`. */
export function writePlatform({ os, architecture, variant }: OciPlatform): string {
  return [os, architecture, ...(variant === undefined || variant === '' ? [] : [variant])].join(
    '/',
  );
}

/**
 * The platform of OCI's three words. A variant that we do not know is a feature level (`amd64/v3`,
 * `arm64/v9`) but for 32-bit ARM, where v5 to v7 are different platforms.
 */
export function findOciPlatform(words: OciPlatform): Platform | undefined {
  const exact = findPlatform(writePlatform(words));
  if (exact !== undefined || words.architecture === 'arm') return exact;
  return findPlatform(`${words.os}/${words.architecture}`);
}

function toImageConfig({ config }: OciConfig): ImageConfig {
  return {
    ...(config?.Entrypoint === undefined ? {} : { entrypoint: config.Entrypoint }),
    ...(config?.Cmd === undefined ? {} : { cmd: config.Cmd }),
    env: config?.Env ?? [],
    user: config?.User ?? '',
    workdir: config?.WorkingDir ?? '',
    labels: config?.Labels ?? {},
    exposedPorts: Object.keys(config?.ExposedPorts ?? {}).toSorted(),
    volumes: Object.keys(config?.Volumes ?? {}).toSorted(),
    ...(config?.StopSignal === undefined || config.StopSignal === ''
      ? {}
      : { stopSignal: config.StopSignal }),
  };
}
