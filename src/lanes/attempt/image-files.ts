import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import type { AgentClient } from '../../agent/index.ts';
import type { ChangedFile } from '../../core/index.ts';
import { typeOfEntry } from '../../image/index.ts';
import type { UserMaps } from '../local/user-maps.ts';
import { toChangedFile } from './changed-files.ts';
import { toInner } from './inner-id.ts';

export interface ImageFilesOptions {
  /** Absolute host path of the unpacked image. */
  readonly root: string;
  /** Reads what this process may not: files of subordinate ids. */
  readonly client: Pick<AgentClient, 'get' | 'tree'>;
  readonly maps?: UserMaps;
}

/** One path of an unpacked image: what it is, with the owners that the image knows. */
export type ImageFile = Omit<ChangedFile, 'content' | 'sha256'>;

/** Looks paths up in an unpacked image as a process inside would. */
export interface ImageFiles {
  /** What a path is, its last link not followed; `undefined` when it is not there. */
  lookUp(path: string): Promise<ImageFile | undefined>;
  /** The path without links, or `undefined` when it leads nowhere. */
  resolve(path: string): Promise<string | undefined>;
  /** Bytes of a regular file, its links followed; `undefined` when it is none. */
  read(path: string): Promise<Buffer | undefined>;
  /** Names in a directory, sorted; none when it is not one. */
  list(path: string): Promise<readonly string[]>;
}

/** Where Linux gives up too (ELOOP). */
const MAX_LINKS = 40;

/** Opens an unpacked image for look-ups. What is closed to this process is asked of the lane's agent, once. */
export function openImageFiles({ root, client, maps }: ImageFilesOptions): ImageFiles {
  const base = root.replace(/\/+$/, '');
  const closed = new Map<string, Promise<ReadonlyMap<string, ImageFile>>>();
  const toHost = (path: string): string => (path === '/' ? base : `${base}${path}`);

  /** All that lies below a directory that only the lane may read. */
  const readClosed = (directory: string): Promise<ReadonlyMap<string, ImageFile>> => {
    const known = closed.get(directory);
    if (known !== undefined) return known;
    const reading = client.tree(toHost(directory)).then(
      (entries) =>
        new Map(
          entries.map((entry) => {
            const path = posix.join(directory, entry.path);
            const { content: _content, sha256: _sha256, ...file } = toChangedFile(entry, path);
            return [path, file] as const;
          }),
        ),
      () => new Map<string, ImageFile>(),
    );
    closed.set(directory, reading);
    return reading;
  };

  /** A path whose directories are no links. */
  const lookUpPlain = async (path: string): Promise<ImageFile | undefined> => {
    const stats = lstat(toHost(path));
    if (stats === undefined) return undefined;
    if (stats !== 'closed') {
      return {
        ...describe(path, stats),
        uid: toInner(stats.uid, maps?.uidMaps),
        gid: toInner(stats.gid, maps?.gidMaps),
        ...(stats.isSymbolicLink() ? { linkTarget: readlinkSync(toHost(path)) } : {}),
      };
    }
    let directory = posix.dirname(path);
    while (directory !== '/' && lstat(toHost(directory)) === 'closed')
      directory = posix.dirname(directory);
    return (await readClosed(directory)).get(path);
  };

  const walk = async (path: string, followsLast: boolean): Promise<ImageFile | undefined> => {
    const pending = split(path).toReversed();
    let at = '/';
    let found = await lookUpPlain('/');
    let followed = 0;
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (found?.type !== 'directory') return undefined;
      const next = posix.join(at, name);
      const file = name === '..' ? undefined : await lookUpPlain(next);
      if (name === '..') {
        at = posix.dirname(at);
        found = await lookUpPlain(at);
        continue;
      }
      if (file === undefined) return undefined;
      if (file.type !== 'symlink' || (pending.length === 0 && !followsLast)) {
        at = next;
        found = file;
        continue;
      }
      followed += 1;
      if (followed > MAX_LINKS) return undefined;
      const target = file.linkTarget ?? '';
      if (target.startsWith('/')) at = '/';
      pending.push(...split(target).toReversed());
      found = await lookUpPlain(at);
    }
    return found;
  };

  return {
    lookUp: (path) => walk(path, path.endsWith('/')),
    resolve: async (path) => (await walk(path, true))?.path,
    async read(path) {
      const file = await walk(path, true);
      if (file?.type !== 'file') return undefined;
      const hostPath = toHost(file.path);
      return readFile(hostPath).catch(() => client.get(hostPath).catch(() => undefined));
    },
    async list(path) {
      const directory = await walk(path, true);
      if (directory?.type !== 'directory') return [];
      try {
        return readdirSync(toHost(directory.path)).toSorted();
      } catch {
        const below = await readClosed(directory.path);
        return [...below.keys()]
          .filter((name) => name !== directory.path && posix.dirname(name) === directory.path)
          .map((name) => posix.basename(name))
          .toSorted();
      }
    },
  };
}

function split(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

/** `closed` where this process may not look. */
function lstat(hostPath: string): Stats | 'closed' | undefined {
  try {
    return lstatSync(hostPath);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EACCES'
      ? 'closed'
      : undefined;
  }
}

function describe(path: string, stats: Stats): Omit<ImageFile, 'uid' | 'gid'> {
  const type = typeOfEntry(stats);
  return { path, type, mode: stats.mode & 0o7777, size: type === 'file' ? stats.size : 0 };
}
