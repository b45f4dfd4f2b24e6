import type { LaneInfo, RunListener } from '../core/index.ts';
import type { Lane } from '../lanes/index.ts';
import type { Plan } from '../plan/index.ts';
import type { Referees } from './ask-referees.ts';
import { ResultTally, type Tallied } from './result-tally.ts';
import { runCase, type Repetition } from './run-case.ts';
import { Slots } from './slots.ts';

export interface ExecuteOptions {
  readonly plan: Plan;
  readonly lanes: readonly Lane[];
  /** Lanes of the plan that could not be opened. */
  readonly absent?: readonly LaneInfo[];
  readonly listener: RunListener;
  /** Subjects that run at once, over all lanes. */
  readonly jobs: number;
  readonly retries: number;
  /** RE2: what must be in the words of a failure for a retry. */
  readonly retryOn?: readonly string[];
  /** Each case is run so many times, however it ends. */
  readonly repeat?: Repetition;
  readonly timeoutMs?: number;
  /** Asked about cases on which lanes differ; absent = nobody is. */
  readonly referees?: Referees;
  readonly failFast: boolean;
  readonly strict: boolean;
  /** What cases of an earlier run came to, which are a part of this one; absent = none are. */
  readonly tally?: ResultTally;
  /** Told of the output of every case as it comes (`--no-capture`). */
  readonly onOutput?: (data: Buffer) => void;
  /** Stops the run: what is under way is killed, what is finished is kept. */
  readonly cancelSignal: AbortSignal;
  readonly now: () => Date;
}

export interface Execution extends Tallied {
  readonly interrupted: boolean;
}

/**
 * Runs all cases, at most `jobs` subjects at once; memory does not grow with their number.
 */
export async function executePlan(options: ExecuteOptions): Promise<Execution> {
  const { plan, cancelSignal, jobs } = options;
  const lanes = new Map(options.lanes.map((lane) => [lane.info.id, lane]));
  const infos = [...options.lanes.map(({ info }) => info), ...(options.absent ?? [])];
  const queue = plan.cases.values();
  const common = {
    ...options,
    lanes,
    infos: new Map(infos.map((info) => [info.id, info])),
    slots: new Slots(jobs),
    // A lane that could not be opened was asked for all the same.
    judge: { today: options.now().toISOString().slice(0, 10), comparisonWanted: infos.length > 1 },
  };
  const tally = options.tally ?? new ResultTally(options.strict);
  let stopped = false;

  const work = async (): Promise<void> => {
    for (const planned of queue) {
      if (stopped || cancelSignal.aborted) return;
      const result = await runCase(planned, common);
      if (result !== undefined && tally.take(result) && options.failFast) stopped = true;
    }
  };
  // More workers than jobs keep the slots full while cases are put away, recorded and judged.
  await Promise.all(Array.from({ length: 2 * jobs }, work));
  return { ...tally.tallied, interrupted: cancelSignal.aborted };
}
