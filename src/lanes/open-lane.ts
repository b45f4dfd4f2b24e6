import type { LaneSpec } from '../core/index.ts';
import type { Lane } from './lane.ts';
import { openLocalLane, type OpenLaneOptions } from './local/open-local-lane.ts';

/**
 * Opens a lane of any kind.
 * @throws ArchParityError when it cannot work here
 */
export async function openLane(spec: LaneSpec, options: OpenLaneOptions): Promise<Lane> {
  switch (spec.kind) {
    case 'native':
    case 'emulated':
      return openLocalLane(spec, options);
    case 'vm': {
      const { openVmLane } = await import('./vm/open-vm-lane.ts');
      return openVmLane(spec, options);
    }
    case 'ssh': {
      if (spec.pool !== undefined) {
        const { openPool } = await import('./ssh/pool-lane.ts');
        return openPool(spec, spec.pool, (member) => openLane(member, options));
      }
      const { openSshLane } = await import('./ssh/open-ssh-lane.ts');
      return openSshLane(spec, options);
    }
  }
}
