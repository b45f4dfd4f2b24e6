import type { MountOperation } from '../../agent/index.ts';
import { lstatBelow } from './lstat-below.ts';
import { restoreDirectory, without } from './undo-docker.ts';

/** What podman mounts into every container, whatever the image has there; none of it is in our bundles. */
const MOUNTED: readonly string[] = [
  '/etc/hostname',
  '/run/.containerenv',
  '/sys/fs/cgroup',
  '/sys/dev/block',
];
/** What it makes where the image has nothing, to mount on or as a link (podman, libpod/container_internal_linux.go). */
const MADE: readonly string[] = ['/etc/hostname', '/etc/mtab', '/run/.containerenv'];

/**
 * Makes of a container of podman's one of our bundles. What was made in the overlay is gone from it, so no change is
 * told that is not the subject's.
 * @param root - the unpacked image on this machine
 * @param bound - paths that the case itself has mounted: these stay
 */
export function undoPodman(root: string, bound: readonly string[]): MountOperation[] {
  const made = without(bound, MADE).filter((path) => lstatBelow(root, path) === undefined);
  return [
    ...without(bound, MOUNTED).map((target) => ({ kind: 'unmount' as const, target })),
    ...made.map((target) => ({ kind: 'remove' as const, target })),
    ...['/etc', '/run'].map((path) => restoreDirectory(root, path)),
  ];
}
