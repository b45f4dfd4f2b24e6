import type { LaneSpec, Suite } from '../core/index.ts';
import { planCases, type PlanOptions } from '../plan/index.ts';
import { platformOf } from './lane-platform.ts';

/** One line a case: its id and the lanes that it would run on, without opening any lane. */
export function listCases(
  suites: readonly Suite[],
  lanes: readonly LaneSpec[],
  options: Pick<PlanOptions, 'filters' | 'timings'> & {
    readonly shard: PlanOptions['shard'] | undefined;
    readonly platform: PlanOptions['lanes'][number]['platform'];
  },
): string {
  const plan = planCases({
    suites,
    filters: options.filters,
    ...(options.shard === undefined ? {} : { shard: options.shard }),
    ...(options.timings === undefined ? {} : { timings: options.timings }),
    lanes: lanes.map((spec) => ({
      id: spec.id,
      kind: spec.kind,
      platform: platformOf(spec, options.platform),
      // What the machine can do shows when the lanes are opened; a list assumes the best.
      capabilities: [
        'files',
        'isolated-files',
        'isolated-network',
        'kill-tree',
        'images',
        'binaries',
        'child-processes',
        'tty',
      ],
    })),
  });
  const lines = plan.cases.map(({ definition, lanes: decisions }) => {
    const where = decisions
      .filter(({ decision }) => decision.kind === 'run')
      .map(({ laneId }) => laneId);
    return `${definition.id}  ${where.length === 0 ? '(no lane)' : where.join(', ')}\n`;
  });
  return lines.join('');
}
