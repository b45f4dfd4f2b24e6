import type { LaneSpec } from '../core/index.ts';
import type { Lane } from './lane.ts';
import { openLocalLane, type OpenLaneOptions } from './local/open-local-lane.ts';

/**
 * Opens a lane of any kind.
 * @throws ArchParityError when the lane cannot work
 */
export async function openLane(spec: LaneSpec, options: OpenLaneOptions): Promise<Lane> {
  if (spec.kind !== 'ssh') return openLocalLane(spec, options);
  if (spec.pool !== undefined) {
    const { openPool } = await import('./ssh/pool-lane.ts');
    return openPool(spec, spec.pool, (member) => openLane(member, options));
  }
  // Loaded on first use: most runs reach no other machine.
  const { openSshLane } = await import('./ssh/open-ssh-lane.ts');
  return openSshLane(spec, options);
}
