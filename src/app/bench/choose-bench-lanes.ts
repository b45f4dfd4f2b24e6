import type { LaneSpec, Platform } from '../../core/index.ts';
import { platformOf } from '../lane-platform.ts';
import { readLanes } from '../read-lanes.ts';
import { platformsOf, type BenchCommands } from './bench-definitions.ts';

/**
 * The lanes as written; without any native and emulated, as far as the target has programs for them, and
 * native for commands of this machine.
 * @throws ArchParityError as `readLanes`
 */
export async function chooseBenchLanes(
  written: readonly string[],
  {
    cwd,
    platform,
    target,
  }: Pick<BenchCommands, 'target'> & {
    readonly cwd: string;
    readonly platform: Platform;
  },
): Promise<LaneSpec[]> {
  if (written.length > 0) return readLanes(written, cwd);
  const lanes = await readLanes(['native', 'emulated'], cwd);
  const platforms = platformsOf({ target });
  const fitting = lanes.filter((lane) => platforms?.includes(platformOf(lane, platform)) !== false);
  return fitting.length === 0 ? lanes : fitting;
}
