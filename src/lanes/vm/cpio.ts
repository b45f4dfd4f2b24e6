import { open, lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** One entry of an archive; all belong to root. */
export interface CpioEntry {
  /** Without a leading slash. */
  readonly path: string;
  /** `st_mode`, with the type. */
  readonly mode: number;
  /** A file's bytes or a link's target. */
  readonly content: Uint8Array;
}

const TRAILER = 'TRAILER!!!';

function pad(length: number): Buffer {
  return Buffer.alloc((4 - (length % 4)) % 4);
}

/** One entry as the kernel reads it (initramfs-buffer-format.rst, "newc"). */
export function encodeEntry({ path, mode, content }: CpioEntry, inode: number): Buffer {
  const name = Buffer.from(`${path}\0`);
  const numbers = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length, 0];
  const header = `070701${numbers.map((number) => number.toString(16).padStart(8, '0')).join('')}`;
  const head = Buffer.concat([Buffer.from(header), name]);
  return Buffer.concat([head, pad(head.length), content, pad(content.length)]);
}

const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;
const S_IFLNK = 0o120000;

/** Everything below a directory, parents first, sorted. Only files, directories and links. */
export async function listEntries(root: string, below = ''): Promise<CpioEntry[]> {
  const names = (await readdir(join(root, below))).toSorted();
  const nested = await Promise.all(
    names.map(async (name): Promise<CpioEntry[]> => {
      const path = below === '' ? name : `${below}/${name}`;
      const stats = await lstat(join(root, path));
      const mode = stats.mode & 0o7777;
      if (stats.isDirectory())
        return [
          { path, mode: S_IFDIR | mode, content: new Uint8Array() },
          ...(await listEntries(root, path)),
        ];
      if (stats.isSymbolicLink())
        return [
          { path, mode: S_IFLNK | 0o777, content: Buffer.from(await readlink(join(root, path))) },
        ];
      return [{ path, mode: S_IFREG | mode, content: await readFile(join(root, path)) }];
    }),
  );
  return nested.flat();
}

/**
 * Writes an uncompressed initramfs. Archives may be joined: the kernel unpacks one after the other, and a
 * later file replaces an earlier one. `before` (an initrd of somebody else's) is padded as that needs.
 */
export async function writeInitramfs(
  file: string,
  entries: readonly CpioEntry[],
  before: Uint8Array = new Uint8Array(),
): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.write(Buffer.concat([before, pad(before.length)]));
    for (const [index, entry] of entries.entries())
      await handle.write(encodeEntry(entry, index + 1));
    await handle.write(encodeEntry({ path: TRAILER, mode: 0, content: new Uint8Array() }, 0));
  } finally {
    await handle.close();
  }
}
