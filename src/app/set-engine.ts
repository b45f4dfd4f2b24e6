import { usageError, type LaneSpec } from '../core/index.ts';
import type { LaneEngine } from '../lanes/index.ts';

export { LANE_ENGINES, type LaneEngine } from '../lanes/index.ts';

/**
 * Has the lanes of this machine run images with an engine, but for those that name one.
 * @param engine - absent = as they are
 * @throws ArchParityError `ENGINE_WITHOUT_LANE` (exit 2) when none of them is of this machine
 */
export function setEngine(specs: readonly LaneSpec[], engine: LaneEngine | undefined): LaneSpec[] {
  if (engine === undefined) return [...specs];
  const isHere = ({ kind }: LaneSpec): boolean => kind === 'native' || kind === 'emulated';
  if (!specs.some(isHere))
    throw usageError(
      'ENGINE_WITHOUT_LANE',
      `--engine is for native and emulated lanes, and there is none: ${specs.map(({ id }) => id).join(', ')}.`,
      'An ssh lane has a setting of its own: ssh:HOST,engine=podman',
    );
  return specs.map((spec) =>
    isHere(spec) ? { ...spec, settings: { engine, ...spec.settings } } : spec,
  );
}
