import pLimit from 'p-limit';
import {
  isFailure,
  type CaseResult,
  type LaneInfo,
  type RunListener,
  type Summary,
} from '../core/index.ts';
import { addToSummary, createSummary } from '../judge/index.ts';
import type { Lane } from '../lanes/index.ts';
import type { Plan } from '../plan/index.ts';
import type { Referees } from './ask-referees.ts';
import { hasInternalFailure } from './internal-failure.ts';
import { runCase } from './run-case.ts';

export interface ExecuteOptions {
  readonly plan: Plan;
  readonly lanes: readonly Lane[];
  /** Lanes of the plan that could not be opened. */
  readonly absent?: readonly LaneInfo[];
  readonly listener: RunListener;
  /** Subjects that run at once, over all lanes. */
  readonly jobs: number;
  readonly retries: number;
  readonly timeoutMs?: number;
  /** Asked about cases on which lanes differ; absent = nobody is. */
  readonly referees?: Referees;
  readonly failFast: boolean;
  readonly strict: boolean;
  /** Told of the output of every case as it comes (`--no-capture`). */
  readonly onOutput?: (data: Buffer) => void;
  /** Stops the run: what is under way is killed, what is finished is kept. */
  readonly cancelSignal: AbortSignal;
  readonly now: () => Date;
}

export interface Execution {
  readonly summary: Summary;
  /** Cases that make the run fail. */
  readonly failures: number;
  /** Cases that were compared between at least two lanes, or judged by checks of their own. */
  readonly judged: number;
  /** Cases that a bug of ours kept from being observed or judged. */
  readonly bugs: number;
  readonly interrupted: boolean;
}

/**
 * Runs all cases, at most `jobs` subjects at once; memory does not grow with their number.
 */
export async function executePlan(options: ExecuteOptions): Promise<Execution> {
  const { plan, cancelSignal, jobs } = options;
  const lanes = new Map(options.lanes.map((lane) => [lane.info.id, lane]));
  const infos = [...options.lanes.map(({ info }) => info), ...(options.absent ?? [])];
  const limit = pLimit(jobs);
  const queue = plan.cases.values();
  const common = {
    ...options,
    lanes,
    infos: new Map(infos.map((info) => [info.id, info])),
    limit,
    // A lane that could not be opened was asked for all the same.
    judge: { today: options.now().toISOString().slice(0, 10), comparisonWanted: infos.length > 1 },
  };
  let summary = createSummary();
  let failures = 0;
  let judged = 0;
  let bugs = 0;
  let stopped = false;

  const take = (result: CaseResult): void => {
    summary = addToSummary(summary, result);
    if (result.verdict !== 'skipped' && result.verdict !== 'unsupported') judged += 1;
    if (hasInternalFailure(result)) bugs += 1;
    if (!isFailure(result, options.strict)) return;
    failures += 1;
    if (options.failFast) stopped = true;
  };
  const work = async (): Promise<void> => {
    for (const planned of queue) {
      if (stopped || cancelSignal.aborted) return;
      const result = await runCase(planned, common);
      if (result !== undefined) take(result);
    }
  };
  // More workers than jobs keep the slots full while cases are put away, recorded and judged.
  await Promise.all(Array.from({ length: 2 * jobs }, work));
  return { summary, failures, judged, bugs, interrupted: cancelSignal.aborted };
}
