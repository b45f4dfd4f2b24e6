import { readFileSync, readlinkSync } from 'node:fs';
import { posix } from 'node:path';
import type { MountOperation } from '../../agent/index.ts';
import { lstatBelow } from './lstat-below.ts';

/** What docker mounts into every container, whatever the image has there; none of it is in our bundles. */
const MOUNTED: readonly string[] = [
  '/etc/hosts',
  '/etc/hostname',
  '/etc/resolv.conf',
  '/sys/fs/cgroup',
];
/** What docker makes in every container in the place of what the image has (moby, daemon/initlayer/setup_unix.go). */
const MADE: readonly string[] = [
  '/.dockerenv',
  '/etc/hosts',
  '/etc/hostname',
  '/etc/resolv.conf',
  '/etc/mtab',
];

/** What the image has at a path: a link, or a small text file, which is root's there. */
function restore(root: string, path: string): MountOperation[] {
  const facts = lstatBelow(root, path);
  const modifiedMs = facts?.mtimeMs ?? 0;
  try {
    if (facts?.isSymbolicLink() === true)
      return [{ kind: 'symlink', destination: readlinkSync(posix.join(root, path)), path }];
    if (facts?.isFile() !== true) return [];
    const content = readFileSync(posix.join(root, path), 'utf8');
    return [
      { kind: 'write', path, content },
      { kind: 'touch', path, modifiedMs },
    ];
  } catch {
    // One that we may not read: not a file that anybody needs.
    return [];
  }
}

/** The time of a directory in which something was made, or none where the image has no such directory. */
export function restoreDirectory(root: string, path: string): MountOperation {
  const facts = lstatBelow(root, path);
  return facts === undefined
    ? { kind: 'remove', target: path }
    : { kind: 'touch', path, modifiedMs: facts.mtimeMs };
}

/** What is in a container of docker's by our doing. */
export interface DockerTraces {
  /** Paths that the case itself has mounted: these stay. */
  readonly bound: readonly string[];
  /** Where the container's init got its descriptors from. */
  readonly socket: string;
}

/** The paths but those that a case has mounted itself. */
export function without(bound: readonly string[], paths: readonly string[]): readonly string[] {
  return paths.filter((path) => !bound.includes(path));
}

/**
 * Makes of a container of docker's one of our bundles: what docker added goes, what it replaced comes back.
 * What is changed from then on is the subject's doing.
 * @param root - the unpacked image on this machine
 */
export function undoDocker(root: string, { bound, socket }: DockerTraces): MountOperation[] {
  const made = without(bound, MADE);
  return [
    ...[...without(bound, MOUNTED), socket].map((target) => ({ kind: 'unmount' as const, target })),
    ...[...made, socket].map((target) => ({ kind: 'remove' as const, target })),
    ...made.flatMap((path) => restore(root, path)),
    restoreDirectory(root, '/etc'),
    { kind: 'remember', target: '/' },
  ];
}
