import { cpus } from 'node:os';
import { usageError, type BenchPlan, type LaneSpec } from '../../core/index.ts';

/**
 * Refuses processors that this machine does not have; what lanes elsewhere have is theirs to say.
 * @throws ArchParityError `USAGE` (exit 2)
 */
export function requireProcessors({ affinity }: BenchPlan, lanes: readonly LaneSpec[]): void {
  const count = cpus().length;
  const missing = affinity?.find((cpu) => cpu >= count);
  const isHere = lanes.some(({ kind }) => kind === 'native' || kind === 'emulated');
  if (missing === undefined || !isHere) return;
  throw usageError(
    'USAGE',
    `--cpus names processor ${String(missing)}: this machine has ${String(count)}, the last is ${String(count - 1)}.`,
  );
}
