import type { CaseDefinition } from '../core/index.ts';
import type { FilterLane } from './filter.ts';

/** Node's timers hold no more milliseconds and would fire at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * The deadline of a case on a lane in milliseconds. What a suite writes is taken as it is, the lane's
 * name before its kind before the default; the built-in default grows with the lane's emulation
 * factor and never shrinks.
 * @param emulationFactor How many times slower than native the lane computes
 */
export function timeoutFor(
  { timeout }: Pick<CaseDefinition, 'timeout'>,
  lane: FilterLane,
  emulationFactor: number,
): number {
  if (timeout.kind === 'literal') {
    const byLane = new Map(Object.entries(timeout.byLane));
    return byLane.get(lane.id) ?? byLane.get(lane.kind) ?? timeout.ms;
  }
  // A factor that could not be measured (NaN) must not make the deadline NaN.
  const factor = emulationFactor > 1 ? emulationFactor : 1;
  return Math.min(LONGEST_TIMEOUT_MS, Math.ceil(timeout.nativeMs * factor));
}
