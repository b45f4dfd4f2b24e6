import { createHash } from 'node:crypto';
import type { ReadEntry } from 'tar';
import { blobPath, readConfig, readLayoutIndex, readManifest } from './oci-layout.ts';
import type { PaxRecords } from './pax-records.ts';

/** One path of an image, as its layers say it: owners are the image's own, whoever looks. */
export interface LayerFile {
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes; 0 for anything but a file. */
  readonly size: number;
  /** Of a file's content. */
  readonly sha256?: string;
  readonly linkTarget?: string;
  /** Seconds of the epoch. */
  readonly mtime: number;
  /** Extended attributes as tar writes them (`SCHILY.xattr.…`), e.g. file capabilities. */
  readonly xattrs: Readonly<Record<string, string>>;
}

/** An image of one platform in a layout. */
export interface LayeredImage {
  readonly layoutDir: string;
  readonly tag: string;
}

export interface LayerTreeOptions {
  /** Paths whose content is wanted, too; each at most {@link MOST_BYTES}. */
  readonly contents?: ReadonlySet<string>;
}

export interface FileTree {
  /** By absolute path. */
  readonly files: ReadonlyMap<string, LayerFile>;
  readonly contents: ReadonlyMap<string, Buffer>;
}

const MOST_BYTES = 64 * 1024 * 1024;
const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
const MAX_LINKS = 40;
const XATTR = 'SCHILY.xattr.';

/**
 * What an image's file system is after all layers, read from the layers themselves: nothing is unpacked, so
 * owners, modes and attributes are those of the image for everybody. Source: OCI image-spec, layer.md.
 * @throws ArchParityError those of reading the documents, and of `scanLayer`
 */
export async function readFileTree(
  { layoutDir, tag }: LayeredImage,
  { contents: wanted = new Set() }: LayerTreeOptions = {},
): Promise<FileTree> {
  const { manifests } = await readLayoutIndex(layoutDir);
  const descriptor = manifests.find(
    (entry) => entry.annotations?.['org.opencontainers.image.ref.name'] === tag,
  );
  if (descriptor === undefined) throw new TypeError(`${layoutDir} has no image ${tag}`);
  const manifest = await readManifest(layoutDir, descriptor);
  const { rootfs } = await readConfig(layoutDir, manifest.config);
  // Loaded on first use, as a tar parser takes longer than most of what has none.
  const { scanLayer } = await import('./scan-layer.ts');
  const files = new Map<string, LayerFile>();
  const contents = new Map<string, Buffer>();
  for (const [index, layer] of manifest.layers.entries()) {
    const below = new Set(files.keys());
    await scanLayer(blobPath(layoutDir, layer.digest), {
      layer,
      diffId: rootfs.diff_ids?.[index] ?? '',
      onEntry: (entry, records) => {
        takeEntry(entry, { files, contents, below, wanted, records });
        return undefined;
      },
    });
  }
  return { files, contents };
}

interface Growing {
  readonly files: Map<string, LayerFile>;
  readonly contents: Map<string, Buffer>;
  /** Paths of the layers below. */
  readonly below: ReadonlySet<string>;
  readonly wanted: ReadonlySet<string>;
  readonly records: PaxRecords;
}

function takeEntry(entry: ReadEntry, growing: Growing): void {
  const { files, contents, below, wanted, records } = growing;
  const parts = entry.path.split('/').filter((part) => part !== '' && part !== '.');
  const name = parts.pop();
  if (name === undefined) return;
  const parent = resolveParent(files, parts);
  if (name.startsWith(WHITEOUT)) {
    const hidden = name === OPAQUE ? parent : `${parent}/${name.slice(WHITEOUT.length)}`;
    for (const path of below) {
      if (path.startsWith(`${hidden}/`) || (name !== OPAQUE && path === hidden)) files.delete(path);
    }
    return;
  }
  const path = `${parent}/${name}`;
  const before = files.get(path);
  if (entry.type === 'Link') {
    const target = (entry.linkpath ?? '').split('/').filter((part) => part !== '' && part !== '.');
    const last = target.pop() ?? '';
    const original = files.get(`${resolveParent(files, target)}/${last}`);
    if (original !== undefined) files.set(path, original);
    return;
  }
  const type = typeOf(entry.type);
  // A directory that is replaced by something else takes what is in it along.
  if (before?.type === 'directory' && type !== 'directory')
    for (const other of [...files.keys()]) if (other.startsWith(`${path}/`)) files.delete(other);
  const facts: LayerFile = {
    type,
    mode: (entry.mode ?? 0) & 0o7777,
    uid: entry.uid ?? 0,
    gid: entry.gid ?? 0,
    size: type === 'file' ? entry.size : 0,
    mtime: Math.floor((entry.mtime?.getTime() ?? 0) / 1000),
    xattrs: readXattrs(records),
    ...(type === 'symlink' ? { linkTarget: entry.linkpath ?? '' } : {}),
  };
  files.set(path, facts);
  if (type !== 'file') return;
  const hash = createHash('sha256');
  const chunks: Buffer[] = [];
  const keep = wanted.has(path) && entry.size <= MOST_BYTES;
  entry.on('data', (chunk: Buffer) => {
    hash.update(chunk);
    if (keep) chunks.push(Buffer.from(chunk));
  });
  entry.on('end', () => {
    // Later entries of this path have replaced it meanwhile, or not.
    if (files.get(path) === facts) files.set(path, { ...facts, sha256: hash.digest('hex') });
    if (keep) contents.set(path, Buffer.concat(chunks));
  });
}

function typeOf(type: string): LayerFile['type'] {
  if (type === 'Directory') return 'directory';
  if (type === 'SymbolicLink') return 'symlink';
  return ['File', 'OldFile', 'ContiguousFile'].includes(type) ? 'file' : 'other';
}

function readXattrs(records: PaxRecords): Record<string, string> {
  return Object.fromEntries([...records].filter(([keyword]) => keyword.startsWith(XATTR)));
}

/** The real directory of a path inside the image: links in between are followed, as an unpacker does. */
function resolveParent(files: ReadonlyMap<string, LayerFile>, parts: readonly string[]): string {
  const pending = parts.toReversed();
  const done: string[] = [];
  let followed = 0;
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    if (part === '..') {
      done.pop();
      continue;
    }
    done.push(part);
    const target = files.get(`/${done.join('/')}`)?.linkTarget;
    if (target === undefined || followed >= MAX_LINKS) continue;
    followed += 1;
    if (target.startsWith('/')) done.length = 0;
    else done.pop();
    pending.push(
      ...target
        .split('/')
        .filter((piece) => piece !== '' && piece !== '.')
        .toReversed(),
    );
  }
  return done.length === 0 ? '' : `/${done.join('/')}`;
}
