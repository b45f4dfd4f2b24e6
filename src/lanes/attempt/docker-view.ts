import { posix } from 'node:path';
import type { ImageFile, ImageFiles } from './image-files.ts';

/** What docker makes in each container where the image has nothing (moby, daemon/initlayer/setup_unix.go). */
const ADDED: Readonly<Record<string, 'directory' | 'file' | 'symlink'>> = {
  '/dev/pts': 'directory',
  '/dev/shm': 'directory',
  '/proc': 'directory',
  '/sys': 'directory',
  '/.dockerenv': 'file',
  '/etc/resolv.conf': 'file',
  '/etc/hosts': 'file',
  '/etc/hostname': 'file',
  '/dev/console': 'file',
  '/etc/mtab': 'symlink',
};
const MAX_LINKS = 40;

function describeAdded(path: string): ImageFile | undefined {
  const type = ADDED[path];
  if (type === undefined) return undefined;
  const link = type === 'symlink' ? { linkTarget: '/proc/mounts' } : {};
  return { path, type, mode: type === 'symlink' ? 0o777 : 0o755, uid: 0, gid: 0, size: 0, ...link };
}

/**
 * The files of an image as container-structure-test's docker driver sees them by `docker cp`: what docker adds to
 * a container is there, devices, pipes and sockets are not, and a relative link that is read begins at `/`.
 */
export function viewByDocker(files: ImageFiles): ImageFiles {
  return {
    ...files,
    async lookUp(path) {
      const file = (await files.lookUp(path)) ?? describeAdded(posix.join('/', path));
      return file !== undefined && ['file', 'directory', 'symlink'].includes(file.type)
        ? file
        : undefined;
    },
    async read(path) {
      let at = path;
      for (let followed = 0; followed < MAX_LINKS; followed += 1) {
        const file = await files.lookUp(at);
        if (file === undefined)
          return describeAdded(posix.join('/', at))?.type === 'file' ? Buffer.alloc(0) : undefined;
        if (file.type !== 'symlink') return files.read(at);
        at = posix.join('/', file.linkTarget ?? '');
      }
      return undefined;
    },
  };
}
