import type { UserMaps } from '../local/user-maps.ts';

/** The id inside the lane's user namespace; one that it does not have stays as it is. */
export function toInner(id: number, maps: UserMaps['uidMaps'] | undefined): number {
  const map = maps?.find(({ outer, count: size }) => id >= outer && id < outer + size);
  return map === undefined ? id : map.inner + (id - map.outer);
}
