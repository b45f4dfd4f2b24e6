import type { SpawnSpec } from '../../agent/index.ts';
import type { AttemptOptions } from '../lane.ts';

type Measuring = Pick<AttemptOptions, 'repeat' | 'affinity' | 'discardsOutput'>;

/** A spawn whose subject is measured: several times, on chosen processors, with nobody to read its output. */
export function repeatSpawn(
  spec: SpawnSpec,
  { repeat, affinity, discardsOutput }: Measuring,
): SpawnSpec {
  const measured = {
    ...(repeat === undefined ? {} : { repeat }),
    ...(affinity === undefined ? {} : { affinity }),
    ...(discardsOutput === undefined ? {} : { discardsOutput }),
  };
  if (spec.inner === undefined) return { ...spec, ...measured };
  const inner = { ...spec.inner, ...measured };
  const { deadlineMs } = spec;
  if (deadlineMs === undefined || repeat === undefined) return { ...spec, inner };
  // Each run has the inner deadline; the launcher outside sees them all.
  const more = (repeat - 1) * (spec.inner.deadlineMs ?? deadlineMs);
  return { ...spec, deadlineMs: deadlineMs + more, inner };
}
