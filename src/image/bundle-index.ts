import { link, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchParityError, ExitCode } from '../core/index.ts';
import { blobPath, readIndex, readLayoutIndex, readManifest } from './oci-layout.ts';
import type { Descriptor, OciManifest } from './oci-schema.ts';
import { digestOf, serializeIndex, type IndexEntry } from './write-index.ts';

/** Whose words an index and its manifests use: the OCI's, or docker's (v2s2), which clients before 23 need. */
export type IndexFormat = 'oci' | 'docker';

/** One image of a bundle. */
export interface BundledManifest {
  readonly entry: IndexEntry;
  /** Absolute; what skopeo calls `dir:`, with this image alone. */
  readonly directory: string;
}

/** An index, ready to be pushed as it is. */
export interface BundledIndex {
  readonly digest: string;
  /** Absolute; what skopeo calls `dir:`, with all its images. */
  readonly directory: string;
  readonly manifests: readonly BundledManifest[];
}

const DOCKER_INDEX = 'application/vnd.docker.distribution.manifest.list.v2+json';
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';

/** Source: distribution, `docs/spec/manifest-v2-2.md`; the blobs are the same. */
const DOCKER_TYPES: Readonly<Record<string, string>> = {
  'application/vnd.oci.image.config.v1+json': 'application/vnd.docker.container.image.v1+json',
  'application/vnd.oci.image.layer.v1.tar+gzip':
    'application/vnd.docker.image.rootfs.diff.tar.gzip',
  'application/vnd.oci.image.layer.v1.tar': 'application/vnd.docker.image.rootfs.diff.tar',
};

/**
 * Lays an index of a layout out for skopeo's `dir:` transport, which takes any format as it is (containers/image,
 * `directory`): the whole, and each image by itself.
 * @param target - absolute, ours, not there yet
 * @throws ArchParityError `INDEX_NOT_CONVERTIBLE` (exit 2), and those of reading the documents
 */
export async function bundleIndex(
  layoutDir: string,
  tag: string,
  { format, target }: { readonly format: IndexFormat; readonly target: string },
): Promise<BundledIndex> {
  const named = (await readLayoutIndex(layoutDir)).manifests.find(
    ({ annotations }) => annotations?.['org.opencontainers.image.ref.name'] === tag,
  );
  if (named === undefined) throw new TypeError(`${layoutDir} has no index ${tag}`);
  const { manifests: entries } = await readIndex(layoutDir, named);
  const whole = join(target, 'index');
  const manifests: BundledManifest[] = [];
  for (const entry of entries) {
    const manifest = await readManifest(layoutDir, entry);
    const bytes =
      format === 'oci'
        ? await readFile(blobPath(layoutDir, entry.digest))
        : convertManifest(manifest);
    const digest = digestOf(bytes);
    const blobs = [manifest.config, ...manifest.layers];
    const directory = join(target, digest.slice('sha256:'.length));
    await writeDirectory(directory, { layoutDir, blobs, files: { 'manifest.json': bytes } });
    const name = `${digest.slice('sha256:'.length)}.manifest.json`;
    await writeDirectory(whole, { layoutDir, blobs, files: { [name]: bytes } });
    manifests.push({
      directory,
      entry: {
        mediaType: format === 'oci' ? entry.mediaType : DOCKER_MANIFEST,
        size: bytes.length,
        digest,
        platform: platformOf(entry),
      },
    });
  }
  const bytes = serializeIndex(
    format === 'oci' ? OCI_INDEX : DOCKER_INDEX,
    manifests.map(({ entry }) => entry),
  );
  await writeDirectory(whole, { layoutDir, blobs: [], files: { 'manifest.json': bytes } });
  return { digest: digestOf(bytes), directory: whole, manifests };
}

function platformOf({ platform, digest }: Descriptor): IndexEntry['platform'] {
  if (platform === undefined) throw new TypeError(`${digest} has no platform in its index`);
  const { architecture, os, variant } = platform;
  return { architecture, os, ...(variant === undefined ? {} : { variant }) };
}

function convertManifest({ config, layers }: OciManifest): Buffer {
  const convert = ({ mediaType, size, digest }: Descriptor) => {
    const type = DOCKER_TYPES[mediaType] ?? mediaType;
    if (type.startsWith('application/vnd.docker.')) return { mediaType: type, size, digest };
    throw new ArchParityError({
      code: 'INDEX_NOT_CONVERTIBLE',
      message: `A layer of type ${mediaType} has no name in docker's format.`,
      advice: 'Use --index-format oci.',
      exitCode: ExitCode.usage,
    });
  };
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: DOCKER_MANIFEST,
      config: convert(config),
      layers: layers.map(convert),
    }),
  );
}

async function writeDirectory(
  directory: string,
  parts: {
    readonly layoutDir: string;
    readonly blobs: readonly Descriptor[];
    readonly files: Readonly<Record<string, Buffer>>;
  },
): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'version'), 'Directory Transport Version: 1.1\n');
  for (const [name, bytes] of Object.entries(parts.files))
    await writeFile(join(directory, name), bytes);
  for (const { digest } of parts.blobs) {
    const [from, to] = [
      blobPath(parts.layoutDir, digest),
      join(directory, digest.slice('sha256:'.length)),
    ];
    // Images share layers, and the layout may lie on another file system.
    await link(from, to).catch(async () => copyFile(from, to));
  }
}
