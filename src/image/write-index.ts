import { createHash } from 'node:crypto';
import { copyFile, link, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ArchParityError, ExitCode } from '../core/index.ts';
import { blobPath, readConfig, readLayoutIndex, readManifest } from './oci-layout.ts';
import type { Descriptor } from './oci-schema.ts';

/** One manifest of a layout, to be bundled with others. */
export interface IndexPart {
  readonly layoutDir: string;
  /** `org.opencontainers.image.ref.name` in that layout. */
  readonly tag: string;
}

/** An index that was written. */
export interface WrittenIndex {
  readonly digest: string;
  /** Bytes of all its blobs together, each counted once. */
  readonly bytes: number;
  readonly manifests: readonly { readonly platform: string; readonly digest: string }[];
}

/** What an index says of one manifest; the order of the fields is docker's. */
export interface IndexEntry {
  readonly mediaType: string;
  readonly size: number;
  readonly digest: string;
  readonly platform: {
    readonly architecture: string;
    readonly os: string;
    readonly variant?: string;
  };
}

const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const REF_NAME = 'org.opencontainers.image.ref.name';

/**
 * The variant that a manifest without one gets in its index, where the architecture alone does not say it.
 * Source: containerd/platforms, `Normalize`.
 */
const USUAL_VARIANTS: Readonly<Record<string, string>> = { arm64: 'v8', arm: 'v7' };

/**
 * Bundles manifests of several platforms into one index, annotated with what their
 * configs say, and adds it to a layout under a tag. Nothing but files is needed. The same parts give the
 * same digest.
 * @throws ArchParityError `INDEX_PLATFORM_TWICE` (exit 2), and those of reading the documents
 */
export async function writeIndex(
  layoutDir: string,
  tag: string,
  parts: readonly IndexPart[],
): Promise<WrittenIndex> {
  const sizes = new Map<string, number>();
  const manifests: IndexEntry[] = [];
  for (const part of parts) {
    const described = await describePart(part);
    for (const { digest, size } of described.blobs) {
      await bring(part.layoutDir, layoutDir, digest);
      sizes.set(digest, size);
    }
    manifests.push(described.entry);
  }
  const platforms = manifests.map(({ platform }) =>
    [platform.os, platform.architecture, platform.variant].filter(Boolean).join('/'),
  );
  const twice = platforms.find((name, index) => platforms.indexOf(name) !== index);
  if (twice !== undefined)
    throw new ArchParityError({
      code: 'INDEX_PLATFORM_TWICE',
      message: `Two images for ${twice} cannot be in one index.`,
      advice: 'See that each image is built for the platform that it is meant for.',
      exitCode: ExitCode.usage,
    });
  const bytes = serializeIndex(INDEX_TYPE, manifests);
  const digest = digestOf(bytes);
  await writeFile(blobPath(layoutDir, digest), bytes);
  await addToLayout(layoutDir, tag, { mediaType: INDEX_TYPE, digest, size: bytes.length });
  return {
    digest,
    bytes: [...sizes.values()].reduce((sum, size) => sum + size, bytes.length),
    manifests: manifests.map((entry, index) => ({
      platform: platforms[index] ?? '',
      digest: entry.digest,
    })),
  };
}

/**
 * An index as `docker manifest push` writes it, so that its digest is the same whoever makes it: the manifests by their
 * digests (docker/cli keeps a file for each), the same fields in the same order, and three spaces for each level
 * (distribution, `manifestlist.FromDescriptors`).
 */
export function serializeIndex(mediaType: string, entries: readonly IndexEntry[]): Buffer {
  const manifests = entries.toSorted((a, b) => (a.digest < b.digest ? -1 : 1));
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }, null, 3));
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

async function describePart({ layoutDir, tag }: IndexPart) {
  const { manifests } = await readLayoutIndex(layoutDir);
  const descriptor = manifests.find((entry) => entry.annotations?.[REF_NAME] === tag);
  if (descriptor === undefined) throw new TypeError(`${layoutDir} has no image ${tag}`);
  const manifest = await readManifest(layoutDir, descriptor);
  const config = await readConfig(layoutDir, manifest.config);
  const variant = config.variant ?? USUAL_VARIANTS[config.architecture];
  const { digest, size } = descriptor;
  return {
    blobs: [descriptor, manifest.config, ...manifest.layers],
    entry: {
      mediaType: manifest.mediaType ?? MANIFEST_TYPE,
      size,
      digest,
      platform: {
        architecture: config.architecture,
        os: config.os,
        ...(variant === undefined || variant === '' ? {} : { variant }),
      },
    },
  };
}

async function bring(from: string, to: string, digest: string): Promise<void> {
  const [source, target] = [blobPath(from, digest), blobPath(to, digest)];
  if (source === target) return;
  await mkdir(dirname(target), { recursive: true });
  await link(source, target).catch(async (error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    await copyFile(source, target);
  });
}

async function addToLayout(
  layoutDir: string,
  tag: string,
  descriptor: Pick<Descriptor, 'mediaType' | 'digest' | 'size'>,
): Promise<void> {
  const path = join(layoutDir, 'index.json');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  const there = text === undefined ? [] : (await readLayoutIndex(layoutDir)).manifests;
  const others = there.filter((entry) => entry.annotations?.[REF_NAME] !== tag);
  const manifests = [...others, { ...descriptor, annotations: { [REF_NAME]: tag } }];
  await writeFile(path, JSON.stringify({ schemaVersion: 2, manifests }));
  await writeFile(join(layoutDir, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}
