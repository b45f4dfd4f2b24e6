import { createHash } from 'node:crypto';
import type { ReadEntry } from 'tar';
import { blobPath, readConfig, readLayoutIndex, readManifest } from '../oci-layout.ts';
import type { ImageLayer } from '../image-index.ts';
import type { PaxRecords } from '../pax-records.ts';
import { createLayerRoot, type LayerNode, type PlacedEntry } from './layer-root.ts';

/** One path of an image, as its layers say it: owners are the image's own, whoever looks. */
export interface TreeFile {
  readonly type: 'file' | 'directory' | 'symlink' | 'char-device' | 'block-device' | 'fifo';
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes; 0 for anything but a file. */
  readonly size: number;
  /** Of a file's content. */
  readonly sha256?: string;
  readonly linkTarget?: string;
  /** `MAJOR:MINOR` of a device. */
  readonly device?: string;
  /** Seconds of the epoch. */
  readonly mtime: number;
  /** Extended attributes as tar writes them (`SCHILY.xattr.…`), e.g. file capabilities. */
  readonly xattrs: Readonly<Record<string, string>>;
  /** Which entry of which layer has its content; absent for a directory that no layer has. */
  readonly source?: EntryPlace;
}

interface EntryPlace {
  /** Index from the bottom. */
  readonly layer: number;
  /** Index in its tar. */
  readonly entry: number;
}

/** An image of one platform in a layout. */
export interface LayeredImage {
  readonly layoutDir: string;
  readonly tag: string;
}

/** By absolute path. */
export type FileTree = ReadonlyMap<string, TreeFile>;

interface TreeEntry extends PlacedEntry {
  readonly file: TreeFile;
}

/** Content beyond is not given. */
const MOST_BYTES = 64 * 1024 * 1024;
const XATTR = 'SCHILY.xattr.';

/**
 * What an image's file system is after all layers, read from the layers themselves: nothing is unpacked, so
 * owners, modes, devices and attributes are those of the image for everybody.
 * @throws ArchParityError those of reading the documents, and of `scanLayer`
 */
export async function readFileTree(image: LayeredImage): Promise<FileTree> {
  const root = createLayerRoot<TreeEntry>();
  for (const [index, layer] of (await openLayers(image)).entries())
    root.apply(await readEntries(layer, index), index);
  return new Map(Array.from(root.walk(), ([path, node]) => [path, toFile(node)]));
}

/**
 * The contents of files of a tree, those alone that are not too big to be held.
 * @param files - of a tree of this image, by any name
 * @throws ArchParityError as {@link readFileTree}
 */
export async function readContents(
  image: LayeredImage,
  files: ReadonlyMap<string, TreeFile>,
): Promise<ReadonlyMap<string, Buffer>> {
  const names = new Map<string, string[]>();
  for (const [name, { source, size }] of files) {
    if (source === undefined || size > MOST_BYTES) continue;
    const key = `${String(source.layer)} ${String(source.entry)}`;
    names.set(key, [...(names.get(key) ?? []), name]);
  }
  const wanted = new Set([...files.values()].map(({ source }) => source?.layer));
  const contents = new Map<string, Buffer>();
  for (const [index, layer] of (await openLayers(image)).entries()) {
    if (!wanted.has(index)) continue;
    let at = 0;
    await layer.scan((entry) => {
      const found = names.get(`${String(index)} ${String(at)}`);
      at += 1;
      if (found === undefined) return;
      const chunks: Buffer[] = [];
      entry.on('data', (chunk: Buffer) => chunks.push(Buffer.from(chunk)));
      entry.on('end', () => {
        for (const name of found) contents.set(name, Buffer.concat(chunks));
      });
    });
  }
  return contents;
}

interface OpenedLayer {
  scan(onEntry: (entry: ReadEntry, records: PaxRecords) => void): Promise<void>;
}

async function openLayers({ layoutDir, tag }: LayeredImage): Promise<OpenedLayer[]> {
  const { manifests } = await readLayoutIndex(layoutDir);
  const descriptor = manifests.find(
    (entry) => entry.annotations?.['org.opencontainers.image.ref.name'] === tag,
  );
  if (descriptor === undefined) throw new TypeError(`${layoutDir} has no image ${tag}`);
  const manifest = await readManifest(layoutDir, descriptor);
  const { rootfs } = await readConfig(layoutDir, manifest.config);
  // Loaded on first use, as a tar parser takes longer than most of what has none.
  const { scanLayer } = await import('../scan-layer.ts');
  return manifest.layers.map((layer: ImageLayer, index) => ({
    scan: async (onEntry) => {
      await scanLayer(blobPath(layoutDir, layer.digest), {
        layer,
        diffId: rootfs.diff_ids?.[index] ?? '',
        onEntry: (entry, records) => {
          onEntry(entry, records);
          return undefined;
        },
      });
    },
  }));
}

async function readEntries(opened: OpenedLayer, layer: number): Promise<TreeEntry[]> {
  const entries: TreeEntry[] = [];
  let count = 0;
  await opened.scan((entry, records) => {
    const { path, type, linkpath } = entry;
    const facts = describeEntry(entry, records);
    const source = { layer, entry: count };
    count += 1;
    const add = (file: TreeFile): void => {
      entries.push({
        path,
        type,
        file: { ...file, source },
        ...(linkpath === undefined ? {} : { linkPath: linkpath }),
      });
    };
    if (facts.type !== 'file') {
      add(facts);
      return;
    }
    const hash = createHash('sha256');
    entry.on('data', (chunk: Buffer) => hash.update(chunk));
    // Before the next entry begins.
    entry.on('end', () => add({ ...facts, sha256: hash.digest('hex') }));
  });
  return entries;
}

function describeEntry(entry: ReadEntry, records: PaxRecords): TreeFile {
  const type = typeOf(entry.type);
  const isDevice = type === 'char-device' || type === 'block-device';
  const { devmaj, devmin } = entry.header;
  return {
    type,
    mode: (entry.mode ?? 0) & 0o7777,
    uid: entry.uid ?? 0,
    gid: entry.gid ?? 0,
    size: type === 'file' ? entry.size : 0,
    mtime: Math.floor((entry.mtime?.getTime() ?? 0) / 1000),
    xattrs: Object.fromEntries([...records].filter(([keyword]) => keyword.startsWith(XATTR))),
    ...(type === 'symlink' ? { linkTarget: entry.linkpath ?? '' } : {}),
    ...(isDevice ? { device: `${String(devmaj)}:${String(devmin)}` } : {}),
  };
}

function typeOf(type: string): TreeFile['type'] {
  switch (type) {
    case 'Directory':
    case 'GNUDumpDir':
      return 'directory';
    case 'SymbolicLink':
      return 'symlink';
    case 'CharacterDevice':
      return 'char-device';
    case 'BlockDevice':
      return 'block-device';
    case 'FIFO':
      return 'fifo';
    default:
      return 'file';
  }
}

/** A directory that no layer has is made as an unpacker makes it. */
function toFile({ entry }: LayerNode<TreeEntry>): TreeFile {
  return (
    entry?.file ?? {
      type: 'directory',
      mode: 0o755,
      uid: 0,
      gid: 0,
      size: 0,
      mtime: 0,
      xattrs: {},
    }
  );
}
