import type { SpawnSpec } from '../../agent/index.ts';
import { COUNT_FILE, COUNTING_DIRECTORY } from '../emulated/counting-qemu.ts';

/** Host paths of what a case has whose instructions are counted. */
export interface CountingPlaces {
  /** What the lane's QEMU is linked with. */
  readonly libraries: string;
  /** Where its processes count. */
  readonly countFile: string;
}

/** What of them is seen where. */
export function countingBinds({ countFile, libraries }: CountingPlaces) {
  return [
    { source: libraries, target: COUNTING_DIRECTORY, readonly: true },
    { source: countFile, target: COUNT_FILE, readonly: false },
  ];
}

/** A binary's spawn whose instructions are counted; addresses are then the same each time. */
export function countSpawn(spec: SpawnSpec, places: CountingPlaces | undefined): SpawnSpec {
  if (places === undefined) return spec;
  const binds = countingBinds(places).map((bind) => ({ kind: 'bind', ...bind }) as const);
  return { ...spec, mounts: [...(spec.mounts ?? []), ...binds], fixedAddresses: true };
}
