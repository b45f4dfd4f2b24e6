import type {
  BenchDefinition,
  CaseDefinition,
  Observation,
  RunMeasurement,
} from '../core/index.ts';
import type { AttemptOptions, Lane } from '../lanes/index.ts';

/** A benchmark on a lane, as it is measured. */
export interface BenchCell {
  readonly bench: BenchDefinition;
  readonly lane: Lane;
  /** The lane that the figures are of: another one's where `lane` only counts for it. */
  readonly laneId: string;
}

export interface VisitOptions {
  readonly deadlineMs: number;
  readonly cancelSignal: AbortSignal;
  readonly affinity?: readonly number[];
  readonly callerDirectory?: string;
  readonly writable?: readonly string[];
}

/** Why a visit gave no measurement. */
export interface VisitFailure {
  readonly message: string;
  /** The lane's fault (`infra`), what it cannot do, or the command's own end. */
  readonly kind: 'lane' | 'unsupported' | 'command';
}

export type Visit =
  | { readonly runs: readonly RunMeasurement[]; readonly observation: Observation }
  | { readonly failure: VisitFailure };

/** Whether every run needs a start of its own: something happens between runs, or stdin is read again. */
export function needsOwnStarts({ bench }: BenchCell): boolean {
  return (
    bench.prepare.length > 0 || bench.conclude.length > 0 || bench.definition.stdin !== undefined
  );
}

/** The case with what happens before and after each run among its own steps. */
function surround({ definition, prepare, conclude }: BenchDefinition): CaseDefinition {
  return {
    ...definition,
    setup: [...definition.setup, ...prepare],
    teardown: [...conclude, ...definition.teardown],
  };
}

function explain(attempt: Awaited<ReturnType<Lane['observe']>>): Visit {
  const { infra, observation, unsupported } = attempt;
  if (observation !== undefined) {
    const { setupFailure, termination } = observation;
    if (setupFailure !== undefined) return { failure: { kind: 'command', message: setupFailure } };
    if (termination.kind === 'not-started')
      return { failure: { kind: 'command', message: termination.message } };
    return { runs: observation.runs ?? [], observation };
  }
  if (unsupported !== undefined) return { failure: { kind: 'unsupported', message: unsupported } };
  return { failure: { kind: 'lane', message: infra?.message ?? 'the lane gave no answer' } };
}

/**
 * Runs a benchmark once with its output kept: what it prints is compared, and its time says how many runs
 * there will be.
 */
export async function lookAtCell(cell: BenchCell, options: VisitOptions): Promise<Visit> {
  return explain(
    await cell.lane.observe(surround(cell.bench), { ...attemptOptions(options), repeat: 1 }),
  );
}

/**
 * Runs a benchmark so many times on its lane; the agent there times each run. Where one start serves
 * several runs the first of them is extra and only warms up what the start made new.
 */
export async function visitCell(
  cell: BenchCell,
  count: number,
  options: VisitOptions,
): Promise<{ readonly visit: Visit; readonly warmups: number }> {
  const definition = surround(cell.bench);
  const common = { ...attemptOptions(options), discardsOutput: true };
  if (!needsOwnStarts(cell)) {
    const warmups = count > 1 ? 1 : 0;
    const attempt = await cell.lane.observe(definition, { ...common, repeat: count + warmups });
    return { visit: explain(attempt), warmups };
  }
  const runs: RunMeasurement[] = [];
  let last: Visit = { failure: { kind: 'lane', message: 'nothing was run' } };
  for (let at = 0; at < count && !options.cancelSignal.aborted; at += 1) {
    last = explain(await cell.lane.observe(definition, { ...common, repeat: 1 }));
    if ('failure' in last) return { visit: last, warmups: 0 };
    runs.push(...last.runs);
  }
  return { visit: 'failure' in last ? last : { ...last, runs }, warmups: 0 };
}

function attemptOptions(options: VisitOptions): AttemptOptions {
  const { deadlineMs, cancelSignal, affinity, callerDirectory, writable } = options;
  return {
    number: 1,
    deadlineMs,
    cancelSignal,
    ...(affinity === undefined ? {} : { affinity }),
    ...(callerDirectory === undefined ? {} : { callerDirectory }),
    ...(writable === undefined ? {} : { writable }),
  };
}
