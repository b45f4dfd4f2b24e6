import type { Attempt, CaseDefinition, CaseResult, LaneInfo } from '../core/index.ts';
import {
  findPattern,
  judgeCase,
  wantsReferee,
  type JudgeOptions,
  type LaneAttempts,
} from '../judge/index.ts';
import type { Lane } from '../lanes/index.ts';
import { timeoutFor, type LaneDecision, type PlannedCase } from '../plan/index.ts';
import { askReferees, type Referees } from './ask-referees.ts';
import { attemptOnLane, type AttemptContext } from './attempt-on-lane.ts';
import { failureText } from './failure-text.ts';
import { internalFailure } from './internal-failure.ts';

export interface CaseRunOptions extends AttemptContext {
  readonly lanes: ReadonlyMap<string, Lane>;
  /** All lanes of the plan, also those that could not be opened. */
  readonly infos: ReadonlyMap<string, LaneInfo>;
  readonly judge: JudgeOptions;
  /** At least so many retries, whatever the case says. */
  readonly retries: number;
  /** RE2, unanchored: only what fails in words that one of them matches is retried. Empty = everything. */
  readonly retryOn?: readonly string[];
  /** Each case is run so many times, however it ends, and not retried. */
  readonly repeat?: Repetition;
  /** Asked about cases on which lanes differ; absent = nobody is. */
  readonly referees?: Referees;
}

/** How often each case is run, to see whether it always does the same. */
export interface Repetition {
  readonly times: number;
  /** Whether the first time that is not well is the last. */
  readonly untilDiverged: boolean;
}

/** What a retry may change. An unsupported or skipped case stays what it is. */
const WORTH_A_RETRY = new Set(['mismatch', 'timeout', 'diverged', 'infra-error']);

/**
 * Runs one case on all of its lanes side by side, again while it fails and retries are left, and judges
 * it; where lanes differ, referees are asked. `undefined` when it was cancelled before it was finished.
 */
export async function runCase(
  planned: PlannedCase,
  options: CaseRunOptions,
): Promise<CaseResult | undefined> {
  const { definition } = planned;
  const { listener, now, cancelSignal } = options;
  const { place } = planned;
  await listener({ type: 'case-started', at: now().toISOString(), definition, place });
  const attempts = new Map<string, Attempt[]>();
  for (let number = 1; ; number += 1) {
    await Promise.all(planned.lanes.map(({ laneId, decision }) => runOnLane(laneId, decision)));
    if (cancelSignal.aborted) return undefined;
    const seen = laneAttempts(planned, attempts, options.infos);
    if (attempts.size > 0 && isRepeated(definition, seen, options)) continue;
    const judged = judge(definition, seen, options.judge);
    if (isRetried(judged, number, options)) continue;
    const result = await settleCause(judged, seen, options);
    if (result === undefined) return undefined;
    await listener({ type: 'case-finished', at: now().toISOString(), result });
    return result;

    async function runOnLane(laneId: string, decision: LaneDecision): Promise<void> {
      const lane = options.lanes.get(laneId);
      if (decision.kind !== 'run' || lane === undefined) return;
      const deadlineMs =
        options.timeoutMs ?? timeoutFor(definition, lane.info, lane.emulationFactor);
      const { notes } = decision;
      const request = { definition, number, deadlineMs, notes };
      const attempt = await attemptOnLane(lane, request, options);
      if (attempt !== undefined) attempts.set(laneId, [...(attempts.get(laneId) ?? []), attempt]);
    }
  }
}

/** Whether a case is to be run again although nothing is known to be wrong with it. */
function isRepeated(
  definition: CaseDefinition,
  seen: readonly LaneAttempts[],
  { repeat, judge: how }: CaseRunOptions,
): boolean {
  const number = Math.max(...seen.map(({ attempts }) => attempts.length));
  if (repeat === undefined || number >= repeat.times) return false;
  if (!repeat.untilDiverged) return true;
  // All attempts before the last were like the first.
  const ends = seen.map((lane) => ({
    ...lane,
    attempts: lane.attempts.filter((_, at) => at === 0 || at === lane.attempts.length - 1),
  }));
  return judge(definition, ends, how).verdict === 'match';
}

/** Whether a case that failed is worth another attempt. */
function isRetried(
  judged: CaseResult,
  number: number,
  { repeat, retries, retryOn = [] }: CaseRunOptions,
): boolean {
  const rounds = 1 + Math.max(retries, judged.definition.retries);
  if (repeat !== undefined || number >= rounds || !WORTH_A_RETRY.has(judged.verdict)) return false;
  if (retryOn.length === 0) return true;
  const text = failureText(judged);
  return retryOn.some((pattern) => findPattern(pattern, text) !== undefined);
}

/** Judges again with what referees saw, when they could tell whose fault a difference is. */
async function settleCause(
  judged: CaseResult,
  seen: readonly LaneAttempts[],
  options: CaseRunOptions,
): Promise<CaseResult | undefined> {
  const { referees } = options;
  const infos = seen.map(({ info }) => info);
  if (referees === undefined || !wantsReferee(judged, infos)) return judged;
  const answers = await askReferees(judged.definition, referees, options);
  if (answers === undefined) return undefined;
  return judge(judged.definition, [...seen, ...answers], options.judge);
}

/** A bug of ours that shows at what one case did must not end the run. */
function judge(
  definition: CaseDefinition,
  seen: readonly LaneAttempts[],
  options: JudgeOptions,
): CaseResult {
  try {
    return judgeCase(definition, seen, options);
  } catch (error) {
    const attempts = [{ number: 1, infra: internalFailure(error) }];
    return judgeCase(
      definition,
      seen.map((lane) => ({ ...lane, attempts })),
      options,
    );
  }
}

function laneAttempts(
  planned: PlannedCase,
  attempts: ReadonlyMap<string, readonly Attempt[]>,
  infos: ReadonlyMap<string, LaneInfo>,
): LaneAttempts[] {
  return planned.lanes.flatMap(({ laneId, decision }): LaneAttempts[] => {
    const info = infos.get(laneId);
    if (info === undefined) return [];
    if (decision.kind === 'skipped') return [{ info, attempts: [], skipped: decision.reason }];
    if (decision.kind === 'unsupported')
      return [{ info, attempts: [{ number: 1, unsupported: decision.reason }] }];
    return [{ info, attempts: attempts.get(laneId) ?? [] }];
  });
}
