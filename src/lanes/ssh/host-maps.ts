import type { IdMap, NamespaceOptions } from '../../agent/index.ts';
import { mapSubordinate, singleMap } from '../local/user-maps.ts';
import type { HostFacts } from './host-facts.ts';

/** One id short of all: crun takes the full map for "no user namespace" and tries to make devices. */
const MOST_IDS = 0xffff_fffe;

function ownMap(maps: readonly IdMap[]): IdMap[] {
  return maps
    .slice(0, 8)
    .map(({ inner, count }) => ({ inner, outer: inner, count: Math.min(count, MOST_IDS) }));
}

/** The id maps to try on a host, widest first, as on this machine. */
export function hostMaps(facts: HostFacts): NamespaceOptions[] {
  const { uid, gid, tools, subordinateUids: uids, subordinateGids: gids } = facts;
  if (uid === 0) return [{ uidMaps: ownMap(facts.uidMap), gidMaps: ownMap(facts.gidMap) }];
  const { newuidmap, newgidmap } = tools;
  const single = singleMap(uid, gid);
  if (
    newuidmap === undefined ||
    newgidmap === undefined ||
    uids === undefined ||
    gids === undefined
  )
    return [single];
  return [
    {
      uidMaps: mapSubordinate(uid, uids),
      gidMaps: mapSubordinate(gid, gids),
      mapTools: { newuidmap, newgidmap },
    },
    single,
  ];
}
