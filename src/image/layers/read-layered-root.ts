import { ArchParityError, ExitCode } from '../../core/index.ts';
import type { FoundManifest } from '../image-index.ts';
import { addLayerEntry, emptyLayerTree, type LayerTree } from '../layer-paths.ts';
import { blobPath, readConfig, readManifest } from '../oci-layout.ts';
import type { OciConfig } from '../oci-schema.ts';
import type { AuditedRoot } from './audit-image.ts';
import type { ImageFinding } from './image-finding.ts';
import type { LayerFile } from './layer-file.ts';
import { createLayerRoot, type LayerNode } from './layer-root.ts';
import type { readLayer } from './read-layer.ts';

/** A layer as it is shown. */
export interface DescribedLayer {
  readonly digest: string;
  readonly mediaType: string;
  /** Bytes, compressed. */
  readonly size: number;
  /** The instruction that made it, from the config's history. */
  readonly createdBy?: string;
}

/** Gives the entries of a layer; the same layer in several images is read once. */
export type LayerReader = (
  path: string,
  layer: Omit<Parameters<typeof readLayer>[1], 'budget'>,
) => ReturnType<typeof readLayer>;

/** The layers of an image with the instructions that made them. */
export async function describeLayers(
  layoutDir: string,
  { descriptor, image }: FoundManifest,
): Promise<DescribedLayer[]> {
  const manifest = await readManifest(layoutDir, descriptor);
  const { history } = await readConfig(layoutDir, manifest.config);
  const made = (history ?? []).filter(({ empty_layer: isEmpty }) => isEmpty !== true);
  return image.layers.map((layer, index) => {
    // A history of another length says nothing about any layer.
    const entry = made.length === image.layers.length ? made[index] : undefined;
    const createdBy = entry?.created_by ?? entry?.comment;
    return { ...layer, ...(createdBy === undefined ? {} : { createdBy }) };
  });
}

/**
 * Reads all layers of an image, several at a time, and puts them on top of each other. Nothing is unpacked.
 * @throws ArchParityError `IMAGE_INVALID`, `IMAGE_LAYER_UNSUPPORTED`, `IMAGE_LAYER_UNSAFE` (a damaged tar; exit 2),
 * `IMAGE_DIGEST_MISMATCH`, `IMAGE_BLOB_MISSING` (exit 3)
 */
export async function readLayeredRoot(
  layoutDir: string,
  found: FoundManifest,
  read: LayerReader,
): Promise<AuditedRoot> {
  const manifest = await readManifest(layoutDir, found.descriptor);
  const config = await readConfig(layoutDir, manifest.config);
  const diffIds = requireDiffIds(found, config);
  const root = createLayerRoot<LayerFile>();
  const tree = emptyLayerTree();
  const unsafe: ImageFinding[] = [];
  const contents = await Promise.all(
    manifest.layers.map((layer, index) =>
      read(blobPath(layoutDir, layer.digest), { layer, diffId: diffIds[index] ?? '' }),
    ),
  );
  for (const [index, files] of contents.entries()) {
    unsafe.push(...findUnsafe(tree, files, index));
    root.apply(files, index);
  }
  const nodes = new Map([...root.walk()]);
  const layerOf = (path: string): number | undefined => {
    const node = nodes.get(path);
    return node?.kind === 'file' ? node.layer : undefined;
  };
  const { written, declared } = found.image;
  return {
    view: root,
    files: [...nodes].flatMap(([path, node]) => toAuditedFile(path, node)),
    links: [...nodes].flatMap(([path, { kind }]) => (kind === 'symlink' ? [path] : [])),
    unreadable: 0,
    written,
    ...(declared === undefined ? {} : { declared }),
    place: (path) => {
      const layer = layerOf(path);
      return { path, ...(layer === undefined ? {} : { layer }) };
    },
    found: unsafe,
  };
}

function requireDiffIds(
  { descriptor, image }: FoundManifest,
  { rootfs }: OciConfig,
): readonly string[] {
  const diffIds = rootfs.diff_ids ?? [];
  if (diffIds.length === image.layers.length) return diffIds;
  throw new ArchParityError({
    code: 'IMAGE_INVALID',
    message: `The image ${descriptor.digest} has ${image.layers.length} layers, but its config names ${diffIds.length}.`,
    advice: 'Build the image again.',
    exitCode: ExitCode.usage,
  });
}

function toAuditedFile(path: string, node: LayerNode<LayerFile>) {
  if (node.kind !== 'file') return [];
  const { mode, head, elf } = node.entry;
  return [{ path, mode, head, readElf: () => elf }];
}

/** Entries by which a careless unpacker writes outside of its root; every lane refuses such an image. */
function findUnsafe(tree: LayerTree, files: readonly LayerFile[], layer: number): ImageFinding[] {
  return files.flatMap(({ path, type, linkPath }): ImageFinding[] => {
    const reason = addLayerEntry(tree, {
      path,
      type,
      ...(linkPath === undefined ? {} : { linkPath }),
    });
    if (reason === undefined) return [];
    return [
      {
        rule: 'unsafe-entry',
        severity: 'error',
        message: `${path}: not safe to unpack, ${reason}`,
        places: [{ path, layer }],
        count: 1,
      },
    ];
  });
}
