import { readdirSync, readlinkSync, realpathSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import type { Platform } from '../../core/index.ts';
import { listLibraryDirectories, resolveInRoot } from '../../image/index.ts';
import type { LinkedFile } from '../attempt/subject.ts';

/**
 * The absolute links in a sysroot's library directories, with the files that they mean inside it (Debian's
 * alternatives are such links). QEMU puts the sysroot before a path and leaves links to the kernel (QEMU,
 * util/path.c), which follows them on this machine: what is given back must be mounted.
 */
export function findSysrootLinks(sysroot: string, platform: Platform): LinkedFile[] {
  const directories = listLibraryDirectories(sysroot, platform).flatMap(
    (directory) => resolveInRoot(sysroot, directory)?.path ?? [],
  );
  return [...new Set(directories)].flatMap((directory) =>
    readEntries(join(sysroot, directory)).flatMap((entry): LinkedFile[] => {
      const link = join(sysroot, directory, entry.name);
      if (!entry.isSymbolicLink() || !isAbsolute(link)) return [];
      const meant = resolveInRoot(sysroot, join(directory, entry.name));
      if (meant?.stats.isFile() !== true) return [];
      return follow(link) === follow(meant.hostPath) ? [] : [{ link, file: meant.hostPath }];
    }),
  );
}

/** The real path, or `undefined` where a link leads nowhere. */
export function follow(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function readEntries(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

function isAbsolute(link: string): boolean {
  try {
    return readlinkSync(link).startsWith('/');
  } catch {
    return false;
  }
}
