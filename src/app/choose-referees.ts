import { usageError, type LaneSpec } from '../core/index.ts';
import { readLanes } from './read-lanes.ts';
import type { TestRunOptions } from './test-run.ts';

/** The word that asks for no referee. */
const NONE = 'none';

/**
 * The referees of a run: those that were asked for, `none` for none.
 * @throws ArchParityError `LANE_…`, `REFEREE_NOT_REAL` (exit 2)
 */
export async function chooseReferees(
  { referees: texts, cwd }: { readonly referees: readonly string[]; readonly cwd: string },
  lanes: readonly LaneSpec[],
): Promise<TestRunOptions['referees']> {
  if (texts.includes(NONE)) {
    if (texts.length === 1) return { specs: [], required: false };
    throw usageError('USAGE', '--referee none and other referees exclude each other.');
  }
  const specs = await readLanes(texts, cwd);
  for (const { id, kind } of specs) {
    if (kind !== 'vm' && kind !== 'ssh') {
      throw usageError(
        'REFEREE_NOT_REAL',
        `The lane "${id}" cannot be a referee: it has no kernel of its own.`,
        'A referee is a vm or ssh lane.',
      );
    }
  }
  // A lane of the run is one already.
  const others = specs.filter(({ id }) => lanes.every((lane) => lane.id !== id));
  return { specs: others, required: others.length > 0 };
}
