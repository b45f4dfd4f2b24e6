import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ArchParityError, ExitCode } from '../core/index.ts';
import type { ImageLayer } from './image-index.ts';
import type { ImageSource } from './image-source.ts';
import { addLayerEntry, emptyLayerTree } from './layer-paths.ts';
import { blobMissing, blobPath, readConfig, readManifest } from './oci-layout.ts';
import type { Descriptor, OciManifest } from './oci-schema.ts';
import { sparseSize } from './pax-records.ts';
import { layerCompression, scanLayer, type ScanLayerOptions } from './scan-layer.ts';
import { createUnpackedBudget } from './unpacked-budget.ts';

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';

/**
 * Copies one manifest with all that belongs to it into a layout of its own and verifies the copy.
 * @throws ArchParityError `IMAGE_LAYER_UNSAFE`, `IMAGE_LAYER_UNSUPPORTED`, `IMAGE_INVALID`, `IMAGE_TOO_BIG` (exit 2),
 * `IMAGE_DIGEST_MISMATCH`, `IMAGE_BLOB_MISSING` (exit 3)
 */
export async function copyImage(
  source: ImageSource & { kind: 'layout' },
  descriptor: Descriptor,
  {
    dir,
    tag,
    maxUnpackedBytes,
  }: { readonly dir: string; readonly tag: string; readonly maxUnpackedBytes?: number },
): Promise<void> {
  await mkdir(dirname(blobPath(dir, descriptor.digest)), { recursive: true });
  // Copied first and verified in the copy: what was verified is what will be unpacked.
  const fetch = (digest: string): Promise<void> => copyBlob(source, digest, dir);
  await fetch(descriptor.digest);
  const manifest = await readManifest(dir, descriptor);
  await fetch(manifest.config.digest);
  const config = await readConfig(dir, manifest.config);
  const diffIds = config.rootfs.diff_ids ?? [];
  if (diffIds.length !== manifest.layers.length) {
    throw new ArchParityError({
      code: 'IMAGE_INVALID',
      message: `The image ${descriptor.digest} has ${manifest.layers.length} layers, but its config names ${diffIds.length}.`,
      advice: 'Build the image again.',
      exitCode: ExitCode.usage,
    });
  }
  const tree = emptyLayerTree();
  const budget = createUnpackedBudget(maxUnpackedBytes);
  const seen = { device: false };
  const onEntry: ScanLayerOptions['onEntry'] = ({ path, type, linkpath, size }, records) => {
    budget.add(sparseSize(records) ?? size);
    seen.device ||= type === 'CharacterDevice' || type === 'BlockDevice';
    return addLayerEntry(tree, {
      path,
      type,
      ...(linkpath === undefined ? {} : { linkPath: linkpath }),
    });
  };
  const onBytes = (bytes: number): void => budget.read(bytes);
  const layers: ImageLayer[] = [];
  for (const [index, layer] of manifest.layers.entries()) {
    const diffId = diffIds[index] ?? '';
    budget.nextLayer();
    await fetch(layer.digest);
    const path = blobPath(dir, layer.digest);
    const compression = await layerCompression(path, layer);
    if (compression === 'zstd') {
      // umoci before 0.5 cannot read zstd.
      const size = await scanLayer(path, {
        layer,
        diffId,
        onBytes,
        onEntry,
        writeTarTo: `${path}.tar`,
      });
      await rename(`${path}.tar`, blobPath(dir, diffId));
      await rm(path);
      layers.push(layerDescriptor({ digest: diffId, size, compression: 'none' }));
    } else {
      await scanLayer(path, { layer, diffId, onBytes, onEntry });
      layers.push(layerDescriptor({ digest: layer.digest, size: layer.size, compression }));
    }
  }
  await writeLayout(dir, tag, { descriptor, rewritten: rewriteManifest(manifest, layers) });
  if (!seen.device) return;
  const { noteDevices } = await import('./device-nodes.ts');
  await noteDevices({ layoutDir: dir, tag });
}

function layerDescriptor({
  digest,
  size,
  compression,
}: {
  readonly digest: string;
  readonly size: number;
  readonly compression: 'none' | 'gzip';
}): ImageLayer {
  const suffix = compression === 'gzip' ? '+gzip' : '';
  return { mediaType: `application/vnd.oci.image.layer.v1.tar${suffix}`, digest, size };
}

/** The manifest with other layers and OCI's media types, or `undefined` when it has them already. */
function rewriteManifest(manifest: OciManifest, layers: readonly ImageLayer[]): Buffer | undefined {
  const isSame =
    manifest.config.mediaType === CONFIG_TYPE &&
    layers.every(({ mediaType }, index) => manifest.layers[index]?.mediaType === mediaType);
  if (isSame) return undefined;
  const { digest, size } = manifest.config;
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: { mediaType: CONFIG_TYPE, digest, size },
      layers,
    }),
  );
}

async function writeLayout(
  dir: string,
  tag: string,
  {
    descriptor,
    rewritten,
  }: { readonly descriptor: Descriptor; readonly rewritten: Buffer | undefined },
): Promise<void> {
  let { digest, size } = descriptor;
  if (rewritten !== undefined) {
    await rm(blobPath(dir, digest));
    digest = `sha256:${createHash('sha256').update(rewritten).digest('hex')}`;
    size = rewritten.length;
    await writeFile(blobPath(dir, digest), rewritten);
  }
  const annotations = { 'org.opencontainers.image.ref.name': tag };
  const manifests = [{ mediaType: MANIFEST_TYPE, digest, size, annotations }];
  await writeFile(join(dir, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  await writeFile(join(dir, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}

async function copyBlob(
  { layoutDir, cached }: ImageSource & { kind: 'layout' },
  digest: string,
  dir: string,
): Promise<void> {
  const from = blobPath(layoutDir, digest);
  const to = blobPath(dir, digest);
  try {
    // A fifo in its place would be waited for.
    if (!(await stat(from)).isFile()) throw blobMissing(digest, layoutDir, undefined);
    if (
      cached &&
      (await link(from, to).then(
        () => true,
        () => false,
      ))
    )
      return;
    // A layer may be in an image twice, so one that is there already is no mistake.
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  } catch (cause) {
    // A full disk, say, is a matter of the place that is copied to.
    if (!isMissing(cause)) throw cause;
    throw blobMissing(digest, layoutDir, cause);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
