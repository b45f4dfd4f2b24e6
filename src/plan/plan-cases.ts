import {
  ArchParityError,
  type CaseDefinition,
  type Diagnostic,
  ExitCode,
  type Suite,
} from '../core/index.ts';
import { balanceShards } from './balance-shards.ts';
import { decideLane, LEFT_OUT, type LaneDecision } from './decide-lane.ts';
import { type Filter, matchesFilter } from './filter.ts';
import type { PlanLane } from './plan-lane.ts';
import { invalidShard, isInShard, isShard, type Shard } from './shard.ts';

/** A case and what is to happen with it on each lane, in the order of the lanes. */
export interface PlannedCase {
  readonly definition: CaseDefinition;
  /** Among the cases of all shards, from 0. */
  readonly place: number;
  readonly lanes: readonly { readonly laneId: string; readonly decision: LaneDecision }[];
}

/** The cases of a run, in the order of the suites. */
export interface Plan {
  readonly cases: readonly PlannedCase[];
  /** Those of all shards. */
  readonly whole: readonly CaseDefinition[];
}

/** What {@link planCases} plans. */
export interface PlanOptions {
  readonly suites: readonly Suite[];
  readonly lanes: readonly PlanLane[];
  /** A case is planned on the lanes for which one of these holds; none = everything. */
  readonly filters: readonly Filter[];
  readonly shard?: Shard;
  /** What cases took, by id, in milliseconds: shards are balanced by it. Absent = by ids alone. */
  readonly timings?: ReadonlyMap<string, number>;
}

/**
 * Decides which case runs on which lane. A case for which no filter holds on any lane, or that is
 * in another shard, is not in the plan; a case that cannot or must not run on a lane is, with the
 * reason.
 * @throws ArchParityError `CASE_ID_DUPLICATE`, `SHARD_INVALID` (exit 2)
 */
export function planCases(options: PlanOptions): Plan {
  const { suites, lanes, filters, shard } = options;
  if (shard !== undefined && !isShard(shard)) throw invalidShard(`${shard.index}/${shard.count}`);
  const definitions = suites.flatMap((suite) => suite.cases);
  checkIds(suites);
  const planned = definitions
    .flatMap((definition) => planCase(definition, lanes, filters))
    .map((one, place) => ({ ...one, place }));
  const whole = planned.map(({ definition }) => definition);
  const isOurs = chooseShard(whole, options);
  return { cases: planned.filter(({ definition }) => isOurs(definition.id)), whole };
}

/** Gives a function that tells whether a case is in the shard. */
function chooseShard(
  whole: readonly CaseDefinition[],
  { shard, timings }: PlanOptions,
): (caseId: string) => boolean {
  if (shard === undefined) return () => true;
  if (timings === undefined) return (caseId) => isInShard(caseId, shard);
  const ids = whole.map(({ id }) => id);
  const shards = balanceShards(ids, timings, shard.count);
  return (caseId) => shards.get(caseId) === shard.index;
}

function planCase(
  definition: CaseDefinition,
  lanes: readonly PlanLane[],
  filters: readonly Filter[],
): readonly Omit<PlannedCase, 'place'>[] {
  const isSelected = (lane: PlanLane) =>
    filters.length === 0 || filters.some((filter) => matchesFilter(filter, definition, lane));
  if (!lanes.some(isSelected)) return [];
  return [
    {
      definition,
      lanes: lanes.map((lane) => ({
        laneId: lane.id,
        decision: isSelected(lane) ? decideLane(definition, lane) : LEFT_OUT,
      })),
    },
  ];
}

/** Ids name cases in reports, records and baselines: two cases with one id would be mixed up. */
function checkIds(suites: readonly Suite[]): void {
  const first = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  for (const suite of suites) {
    for (const { id, position } of suite.cases) {
      const place =
        position === undefined
          ? suite.file
          : `${position.file}:${position.line}:${position.column}`;
      const before = first.get(id);
      if (before === undefined) {
        first.set(id, place);
        continue;
      }
      diagnostics.push({
        position: position ?? { file: suite.file, line: 1, column: 1 },
        message: `the case id ${JSON.stringify(id)} is taken`,
        hint: `the other is at ${before}`,
      });
    }
  }
  const [one] = diagnostics;
  if (one === undefined) return;
  throw new ArchParityError({
    code: 'CASE_ID_DUPLICATE',
    message:
      diagnostics.length === 1
        ? `Two cases have one id: ${one.message}.`
        : `${diagnostics.length} case ids are taken more than once.`,
    advice: 'Give the suites different names, or name each suite once.',
    exitCode: ExitCode.usage,
    diagnostics,
  });
}
