import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IdMap, NamespaceOptions } from '../../agent/index.ts';
import { findTool } from '../../process/index.ts';

/** The ids that a lane's user namespace has. */
export interface UserMaps extends NamespaceOptions {
  /**
   * `all`: root's own ids as they are, two at least; `subordinate`: root inside is the caller, the rest are the
   * caller's subordinate ids; `single`: root inside is the caller, and there is nobody else.
   */
  readonly kind: 'all' | 'subordinate' | 'single';
  /** Names the ownership of files that are made in the lane: part of cache keys. */
  readonly key: string;
}

export interface UserMapOptions {
  readonly uid: number;
  readonly gid: number;
  readonly userName: string;
  /** Root of the files that are read, for tests. */
  readonly etc?: string;
  readonly procSelf?: string;
}

/** How many ids the initial user namespace maps. */
const ALL_IDS = 0xffff_ffff;

/** The ids of this process's own user namespace. A container's root has a part only. */
function readOwnMap(procSelf: string, file: 'uid_map' | 'gid_map'): IdMap[] {
  const text = readFileSync(`${procSelf}/${file}`, 'utf8');
  const lines = text.trim().split('\n').slice(0, 8);
  return lines.map((line) => {
    const [inner = 0, outer = 0, count = 1] = line.trim().split(/\s+/).map(Number);
    return { inner, outer, count };
  });
}

/** All of these ids, each as it is. */
function keepIds(own: readonly IdMap[]): IdMap[] {
  return own.map(({ inner, count }) => {
    // One id short of all: crun takes the full map for "no user namespace" and tries to make devices.
    return { inner, outer: inner, count: Math.min(count, ALL_IDS - 1) };
  });
}

/** Root of the machine has one key everywhere; in other namespaces root's files belong to other ids outside. */
function rootKey(uids: readonly IdMap[], gids: readonly IdMap[]): string {
  const isMachine = [uids, gids].every(([first]) => first?.outer === 0 && first.count === ALL_IDS);
  if (isMachine) return 'root';
  const hash = createHash('sha256')
    .update(JSON.stringify([uids, gids]))
    .digest('hex');
  return `root-${hash.slice(0, 16)}`;
}

function findRootMaps(procSelf: string, gid: number): UserMaps {
  const [uids, gids] = [readOwnMap(procSelf, 'uid_map'), readOwnMap(procSelf, 'gid_map')];
  const isAlone = [uids, gids].some((maps) => maps.length === 1 && maps[0]?.count === 1);
  // `unshare --map-root-user`: nothing can be given to anybody else, as for an ordinary user.
  if (isAlone) return { ...singleMap(0, gid), key: `one${String(uids[0]?.outer ?? 0)}` };
  return {
    kind: 'all',
    key: rootKey(uids, gids),
    uidMaps: keepIds(uids),
    gidMaps: keepIds(gids),
  };
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** First line of `/etc/subuid` for a user by name or id (subuid(5)). */
function readSubordinate(
  file: string,
  user: UserMapOptions,
  id: number,
): { start: number; count: number } | undefined {
  const text = readIfThere(file);
  for (const line of text.split('\n')) {
    const [owner, start, count] = line.split(':');
    if (owner !== user.userName && owner !== String(id)) continue;
    if (Number(count) > 0 && Number.isInteger(Number(start)))
      return { start: Number(start), count: Number(count) };
  }
  return undefined;
}

/** The widest maps that this user may have. Synchronous, as `findTool` is. */
export function findUserMaps(user: UserMapOptions): UserMaps {
  const { uid, gid, etc = '/etc', procSelf = '/proc/self' } = user;
  if (uid === 0) return findRootMaps(procSelf, gid);
  const [newuidmap, newgidmap] = [findTool('newuidmap'), findTool('newgidmap')];
  const uids = readSubordinate(`${etc}/subuid`, user, uid);
  const gids = readSubordinate(`${etc}/subgid`, user, uid);
  if (
    newuidmap === undefined ||
    newgidmap === undefined ||
    uids === undefined ||
    gids === undefined
  ) {
    return singleMap(uid, gid);
  }
  return {
    kind: 'subordinate',
    key: `sub${String(uids.start)}`,
    uidMaps: mapSubordinate(uid, uids),
    gidMaps: mapSubordinate(gid, gids),
    mapTools: { newuidmap, newgidmap },
  };
}

/** Root inside is the caller, the ids after it are the caller's subordinate ones. */
export function mapSubordinate(
  own: number,
  { start, count }: { readonly start: number; readonly count: number },
): IdMap[] {
  return [
    { inner: 0, outer: own, count: 1 },
    { inner: 1, outer: start, count },
  ];
}

/** Root inside is the caller, and there is nobody else: works wherever user namespaces do. */
export function singleMap(uid: number, gid: number): UserMaps {
  return {
    kind: 'single',
    key: `one${String(uid)}`,
    uidMaps: [{ inner: 0, outer: uid, count: 1 }],
    gidMaps: [{ inner: 0, outer: gid, count: 1 }],
  };
}

/** Whether an id of the lane is mapped to one outside. */
export function coversId(maps: readonly IdMap[], id: number): boolean {
  return maps.some(({ inner, count }) => id >= inner && id < inner + count);
}
