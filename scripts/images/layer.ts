import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** One entry of a layer. Paths have no leading slash and no trailing one. */
export type LayerEntry = { readonly mode: number; readonly uid: number; readonly gid: number } & (
  | { readonly type: 'directory' }
  | {
      readonly type: 'file';
      readonly content: Buffer;
      readonly xattrs?: Readonly<Record<string, Buffer>>;
    }
  | { readonly type: 'symlink'; readonly target: string }
  | { readonly type: 'hardlink'; readonly target: string }
);

export type Layer = Map<string, LayerEntry>;

const BLOCK = 512;
const TYPE_FLAGS = { file: '0', hardlink: '1', symlink: '2', directory: '5', pax: 'x' } as const;

/** The layer as a tar stream whose bytes depend on nothing but its entries and `epoch` (seconds). */
export function encodeLayer(layer: Layer, epoch: number): Buffer {
  const sorted = [...layer].sort(([left], [right]) => (left < right ? -1 : 1));
  // A hard link must follow what it links to, wherever that sorts.
  const ordered = [
    ...sorted.filter(([, entry]) => entry.type !== 'hardlink'),
    ...sorted.filter(([, entry]) => entry.type === 'hardlink'),
  ];
  const blocks = ordered.flatMap(([path, entry]) => encodeEntry(path, entry, epoch));
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

/** A compressed layer with the two digests that OCI wants of it. */
export async function compressLayer(
  tar: Buffer,
): Promise<{ readonly blob: Buffer; readonly diffId: string }> {
  const diffId = `sha256:${createHash('sha256').update(tar).digest('hex')}`;
  return { blob: await promisify(gzip)(tar, { level: 6 }), diffId };
}

/** Adds the root and the directories above each entry that no entry made. */
export function addParents(layer: Layer): void {
  layer.set('.', { type: 'directory', mode: 0o755, uid: 0, gid: 0 });
  for (const path of [...layer.keys()]) {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const parent = parts.slice(0, depth).join('/');
      if (!layer.has(parent)) layer.set(parent, { type: 'directory', mode: 0o755, uid: 0, gid: 0 });
    }
  }
}

function encodeEntry(path: string, entry: LayerEntry, epoch: number): Buffer[] {
  const name = entry.type === 'directory' ? `${path}/` : path;
  const link = entry.type === 'symlink' || entry.type === 'hardlink' ? entry.target : '';
  const content = entry.type === 'file' ? entry.content : Buffer.alloc(0);
  const records: Buffer[] = [];
  if (Buffer.byteLength(name) > 100) records.push(paxRecord('path', Buffer.from(name)));
  if (Buffer.byteLength(link) > 100) records.push(paxRecord('linkpath', Buffer.from(link)));
  for (const [key, value] of Object.entries(entry.type === 'file' ? (entry.xattrs ?? {}) : {})) {
    records.push(paxRecord(`SCHILY.xattr.${key}`, value));
  }
  const pax = Buffer.concat(records);
  const meta = { mode: 0o644, uid: 0, gid: 0 };
  return [
    ...(pax.length === 0
      ? []
      : [encodeHeader({ name: 'pax', link: '', size: pax.length, epoch }, meta, 'pax'), pad(pax)]),
    encodeHeader({ name, link, size: content.length, epoch }, entry, entry.type),
    pad(content),
  ];
}

/** POSIX.1-2017 pax: `LENGTH KEY=VALUE\n`, where LENGTH counts its own digits too. */
function paxRecord(key: string, value: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = body.length;
  while (length !== body.length + String(length).length) {
    length = body.length + String(length).length;
  }
  return Buffer.concat([Buffer.from(String(length)), body]);
}

/** A ustar header (POSIX.1-2017 pax, "ustar Interchange Format"). */
function encodeHeader(
  what: {
    readonly name: string;
    readonly link: string;
    readonly size: number;
    readonly epoch: number;
  },
  owner: { readonly mode: number; readonly uid: number; readonly gid: number },
  type: keyof typeof TYPE_FLAGS,
): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, offset: number, width: number): number =>
    header.write(value.toString(8).padStart(width - 1, '0'), offset, width - 1, 'latin1');
  Buffer.from(what.name).copy(header, 0, 0, 100);
  octal(owner.mode, 100, 8);
  octal(owner.uid, 108, 8);
  octal(owner.gid, 116, 8);
  octal(what.size, 124, 12);
  octal(what.epoch, 136, 12);
  header.write(TYPE_FLAGS[type], 156, 'latin1');
  Buffer.from(what.link).copy(header, 157, 0, 100);
  header.write('ustar\0' + '00', 257, 'latin1');
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

function pad(content: Buffer): Buffer {
  const rest = content.length % BLOCK;
  return rest === 0 ? content : Buffer.concat([content, Buffer.alloc(BLOCK - rest)]);
}
