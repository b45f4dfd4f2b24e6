import type { Stats } from 'node:fs';
import type { ChangedFileType } from '../core/index.ts';
import { createHeadReader } from './head-reader.ts';
import { readLinkTarget, walkRoot, type WalkOptions } from './walk-root.ts';

export type TreeEntryType = Exclude<ChangedFileType, 'removed' | 'missing'>;

/** One path of a file tree. */
export interface TreeEntry {
  /** Absolute inside the root. */
  readonly path: string;
  readonly hostPath: string;
  readonly type: TreeEntryType;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes; 0 for anything but a file. */
  readonly size: number;
  readonly linkTarget?: string;
  /** Whether it is a program, a library or an object file. */
  readonly isElf: boolean;
  /** Whether this process may read it (files only; everything else counts as readable). */
  readonly isReadable: boolean;
}

/** All paths below a root, sorted (code units); links are listed, not followed. */
export async function listTree(root: string, options: WalkOptions = {}): Promise<TreeEntry[]> {
  const readHead = createHeadReader();
  const entries: TreeEntry[] = [];
  for await (const { path, hostPath, stats } of walkRoot(root, options)) {
    const type = typeOfEntry(stats);
    const head = type === 'file' ? readHead(hostPath) : '';
    entries.push({
      path,
      hostPath,
      type,
      mode: stats.mode & 0o7777,
      uid: stats.uid,
      gid: stats.gid,
      size: type === 'file' ? stats.size : 0,
      ...(type === 'symlink' ? { linkTarget: readLinkTarget(hostPath) } : {}),
      isElf: head?.startsWith('\x7fELF') === true,
      isReadable: head !== undefined,
    });
  }
  return entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** What a path is, by what lstat(2) says. */
export function typeOfEntry(stats: Stats): TreeEntryType {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isFIFO()) return 'fifo';
  if (stats.isSocket()) return 'socket';
  return stats.isBlockDevice() ? 'block-device' : 'char-device';
}
