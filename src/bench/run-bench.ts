import {
  type BenchDefinition,
  type BenchPlan,
  type BenchWarning,
  type CaseDefinition,
  type RunListener,
} from '../core/index.ts';
import type { Lane } from '../lanes/index.ts';
import { median, seededRandom } from '../judge/index.ts';
import {
  lookAtCell,
  needsOwnStarts,
  visitCell,
  type BenchCell,
  type VisitFailure,
  type VisitOptions,
} from './bench-cell.ts';
import type { LookedAt } from './compare-outputs.ts';
import { chooseRuns, countBlocks, runsInBlock } from './plan-blocks.ts';
import { widestInterval } from './precision.ts';
import { SampleLog } from './sample-log.ts';
import { blocksOf } from './summarise-bench.ts';

/** A lane as benchmarks use it: where it is timed, and where its guest's instructions are counted. */
export interface BenchLane {
  readonly id: string;
  readonly timer?: Lane;
  readonly counter?: Lane;
}

export interface BenchRunOptions {
  readonly benchmarks: readonly BenchDefinition[];
  readonly lanes: readonly BenchLane[];
  readonly plan: BenchPlan;
  /** A program that ends at once, for a lane; `undefined` where there is none. */
  readonly calibrationCase: (lane: Lane) => CaseDefinition | undefined;
  readonly visit: Omit<VisitOptions, 'cancelSignal' | 'deadlineMs'>;
  readonly deadlineMs: number;
  readonly ignoreFailure: boolean;
  readonly listener: RunListener;
  readonly cancelSignal: AbortSignal;
  readonly now: () => Date;
}

/** A cell that gave no (more) measurements, and why. */
export interface FailedCell extends VisitFailure {
  readonly bench: string;
  readonly lane: string;
}

export interface BenchRun {
  readonly log: SampleLog;
  readonly looked: readonly LookedAt[];
  readonly failed: readonly FailedCell[];
  /** Medians of the calibration by lane id. */
  readonly ownCost: ReadonlyMap<string, number>;
  readonly warnings: readonly BenchWarning[];
  readonly interrupted: boolean;
}

/** Runs of the program that ends at once. */
const CALIBRATION_RUNS = 20;
/** Counts do not move: a few show that. */
const COUNT_RUNS = 5;
/** With a target, at most so many times the planned blocks. */
const MOST_EXTENSIONS = 20;
const LEAST_TARGET_BLOCKS = 10;

interface State extends BenchRun {
  readonly looked: LookedAt[];
  readonly failed: FailedCell[];
  readonly ownCost: Map<string, number>;
  readonly warnings: BenchWarning[];
  readonly options: BenchRunOptions;
  readonly visit: VisitOptions;
}

const isOver = ({ options, failed }: State): boolean =>
  options.cancelSignal.aborted || failed.some(({ kind }) => kind === 'command');

function fail({ failed, options }: State, cell: BenchCell, failure: VisitFailure): void {
  // What was cancelled is no failure.
  if (options.cancelSignal.aborted) return;
  failed.push({ bench: cell.bench.name, lane: cell.laneId, ...failure });
}

/** A run that ended badly; nothing of it is compared unless that was allowed. */
function findBadEnd(
  { options }: State,
  runs: readonly { readonly failed?: string }[],
  said = '',
): VisitFailure | undefined {
  const bad = runs.find(({ failed }) => failed !== undefined)?.failed;
  if (bad === undefined || options.ignoreFailure) return undefined;
  const how = /^\d+$/.test(bad) ? `ended with ${bad}` : `was ended by ${bad}`;
  const words = said.trim().split('\n').slice(-3).join(' ');
  return { kind: 'command', message: `the command ${how}${words === '' ? '' : `: ${words}`}` };
}

async function calibrate(state: State): Promise<void> {
  const { options, ownCost, visit } = state;
  for (const { id, timer } of options.lanes) {
    const definition = timer === undefined ? undefined : options.calibrationCase(timer);
    if (timer === undefined || definition === undefined || isOver(state)) continue;
    const { observation } = await timer.observe(definition, {
      number: 1,
      deadlineMs: visit.deadlineMs,
      cancelSignal: visit.cancelSignal,
      repeat: CALIBRATION_RUNS,
      discardsOutput: true,
    });
    const walls = (observation?.runs ?? []).slice(1).map(({ wallMs }) => wallMs);
    if (walls.length === 0) continue;
    ownCost.set(id, median(walls));
    await options.listener({
      type: 'bench-calibrated',
      at: options.now().toISOString(),
      laneId: id,
      wallMs: median(walls),
    });
  }
}

async function lookAt(state: State, cell: BenchCell): Promise<boolean> {
  const { log, looked, visit } = state;
  const seen = await lookAtCell(cell, visit);
  if ('failure' in seen) {
    fail(state, cell, seen.failure);
    return false;
  }
  const { observation, runs } = seen;
  for (const run of runs) await log.add(cell, run, { block: 0, phase: 'warmup' });
  const bad = findBadEnd(state, runs, observation.stderr.data);
  if (bad !== undefined) fail(state, cell, bad);
  looked.push({
    bench: cell.bench.name,
    lane: { ...cell.lane.info, id: cell.laneId },
    observation,
  });
  return bad === undefined;
}

async function take(
  state: State,
  cell: BenchCell,
  count: number,
  where: { readonly block: number; readonly phase: 'warmup' | 'sample' },
): Promise<boolean> {
  const { visit, warmups } = await visitCell(cell, count, state.visit);
  if ('failure' in visit) {
    fail(state, cell, visit.failure);
    return false;
  }
  if (state.options.cancelSignal.aborted && !needsOwnStarts(cell)) return false;
  for (const [at, run] of visit.runs.entries()) {
    await state.log.add(cell, run, at < warmups ? { ...where, phase: 'warmup' } : where);
  }
  const bad = findBadEnd(state, visit.runs);
  if (bad !== undefined) fail(state, cell, bad);
  return bad === undefined;
}

/** The cells that still measure. */
const living = ({ failed }: State, cells: readonly BenchCell[]): BenchCell[] =>
  cells.filter(({ bench, laneId }) =>
    failed.every((one) => one.bench !== bench.name || one.lane !== laneId),
  );

/** How far the comparisons of a run are from their target. */
function remainingWidth({ log, options }: State, cells: readonly BenchCell[]): number {
  const series = cells.map(({ bench, laneId }) =>
    blocksOf(
      log.samples.filter((sample) => sample.bench === bench.name && sample.lane === laneId),
      'wallMs',
    ),
  );
  return widestInterval(series, options.plan.seed);
}

async function timeBlocks(state: State, cells: readonly BenchCell[]): Promise<void> {
  const { log, options } = state;
  const { plan } = options;
  const random = seededRandom(plan.seed);
  const runs = new Map(cells.map((cell) => [cell, chooseRuns(median(log.lastWalls(cell)), plan)]));
  const blocks = countBlocks([...runs.values()]);
  const target = plan.targetPrecision;
  const most = target === undefined ? blocks : blocks * MOST_EXTENSIONS;
  for (let block = 1; block <= most && !isOver(state); block += 1) {
    for (const cell of random.shuffle(living(state, cells))) {
      const count = runsInBlock({ runs: runs.get(cell) ?? 1, blocks }, block);
      if (!isOver(state) && count > 0) await take(state, cell, count, { block, phase: 'sample' });
    }
    if (target === undefined || block < LEAST_TARGET_BLOCKS) continue;
    const width = remainingWidth(state, living(state, cells));
    if (width <= target) return;
    if (block === most) state.warnings.push(targetMissed(target, width));
  }
}

function targetMissed(target: number, width: number): BenchWarning {
  const percent = (share: number): string => `± ${(100 * share).toPrecision(2)} %`;
  return {
    code: 'TARGET_NOT_REACHED',
    message: `the intervals are ${percent(width)} wide, not ${percent(target)}`,
    advice: 'Measure on a quieter machine, or count instructions: --metric instructions.',
  };
}

async function countInstructions(state: State, cells: readonly BenchCell[]): Promise<void> {
  const { options, log, visit } = state;
  const count = Math.min(options.plan.runs ?? COUNT_RUNS, 20);
  for (let block = 1; block <= count && !isOver(state); block += 1) {
    for (const cell of living(state, cells)) {
      const seen = await lookAtCell(cell, visit);
      if (options.cancelSignal.aborted) return;
      const trouble =
        'failure' in seen
          ? seen.failure
          : findBadEnd(state, seen.runs, seen.observation.stderr.data);
      if (trouble !== undefined) fail(state, cell, trouble);
      if ('failure' in seen) continue;
      const { instructions } = seen.observation;
      for (const run of seen.runs) {
        await log.add(
          cell,
          { ...run, ...(instructions === undefined ? {} : { instructions }) },
          { block, phase: 'count' },
        );
      }
    }
  }
}

/** Each benchmark on each lane that has the part in question. */
function cellsOf({ benchmarks, lanes }: BenchRunOptions, part: 'timer' | 'counter'): BenchCell[] {
  return benchmarks.flatMap((bench) =>
    lanes.flatMap((own) => {
      const lane = own[part];
      const wanted = bench.metrics.some(
        (metric) => (metric === 'instructions') === (part === 'counter'),
      );
      return lane === undefined || !wanted ? [] : [{ bench, lane, laneId: own.id }];
    }),
  );
}

/**
 * Measures benchmarks on their lanes: in blocks, each of which has every benchmark on every lane next to
 * each other in time, in a random order that the seed gives. Nothing else of ours runs meanwhile. What was
 * measured before an interruption or a failure is kept.
 */
export async function runBench(options: BenchRunOptions): Promise<BenchRun> {
  const { cancelSignal, deadlineMs, listener, now, plan } = options;
  const state: State = {
    log: new SampleLog(listener, now),
    looked: [],
    failed: [],
    ownCost: new Map(),
    warnings: [],
    interrupted: false,
    options,
    visit: { ...options.visit, deadlineMs, cancelSignal },
  };
  const timed = cellsOf(options, 'timer');
  await calibrate(state);
  for (const cell of timed) if (!isOver(state)) await lookAt(state, cell);
  for (const cell of living(state, timed)) {
    if (!isOver(state) && plan.warmup > 0)
      await take(state, cell, plan.warmup, { block: 0, phase: 'warmup' });
  }
  const ready = living(state, timed);
  if (ready.length > 0) await timeBlocks(state, ready);
  await countInstructions(state, cellsOf(options, 'counter'));
  return { ...state, interrupted: cancelSignal.aborted };
}
