import type pLimit from 'p-limit';
import type { Attempt, CaseResult, RunListener } from '../core/index.ts';
import { judgeCase, type JudgeOptions, type LaneAttempts } from '../judge/index.ts';
import type { AttemptOptions, Lane } from '../lanes/index.ts';
import { timeoutFor, type PlannedCase } from '../plan/index.ts';
import { runAttempt } from './run-attempt.ts';

/** Lets at most so many attempts run at once. */
export type AttemptLimit = ReturnType<typeof pLimit>;

export interface CaseRunOptions {
  readonly lanes: ReadonlyMap<string, Lane>;
  readonly listener: RunListener;
  readonly limit: AttemptLimit;
  readonly judge: JudgeOptions;
  /** At least so many retries, whatever the case says. */
  readonly retries: number;
  /** Overrides every deadline, in milliseconds. */
  readonly timeoutMs?: number;
  /** Told of the output of every case as it comes. */
  readonly onOutput?: (data: Buffer) => void;
  readonly cancelSignal: AbortSignal;
  readonly now: () => Date;
}

/** What a retry may change. An unsupported or skipped case stays what it is. */
const WORTH_A_RETRY = new Set(['mismatch', 'timeout', 'diverged', 'infra-error']);

/**
 * Runs one case on all of its lanes side by side, again while it fails and retries are left, and judges
 * it. `undefined` when it was cancelled before it was finished.
 */
export async function runCase(
  planned: PlannedCase,
  options: CaseRunOptions,
): Promise<CaseResult | undefined> {
  const { definition } = planned;
  const { listener, now, cancelSignal } = options;
  await listener({ type: 'case-started', at: now().toISOString(), definition });
  const attempts = new Map<string, Attempt[]>();
  const rounds = 1 + Math.max(options.retries, definition.retries);
  for (let number = 1; ; number += 1) {
    await Promise.all(
      planned.lanes.map(({ laneId, decision }) => runOnLane(laneId, decision.kind === 'run')),
    );
    if (cancelSignal.aborted) return undefined;
    const result = judgeCase(
      definition,
      laneAttempts(planned, attempts, options.lanes),
      options.judge,
    );
    if (number >= rounds || !WORTH_A_RETRY.has(result.verdict)) {
      await listener({ type: 'case-finished', at: now().toISOString(), result });
      return result;
    }

    async function runOnLane(laneId: string, runs: boolean): Promise<void> {
      const lane = options.lanes.get(laneId);
      if (!runs || lane === undefined) return;
      const deadlineMs =
        options.timeoutMs ?? timeoutFor(definition, lane.info, lane.emulationFactor);
      const about = { caseId: definition.id, laneId };
      // Only the subject's life holds a slot: while its namespaces are taken down (which is waiting for
      // the most part) and listeners are told, the next attempt begins.
      const made = await options.limit(async () => {
        if (isCancelled(cancelSignal)) return undefined;
        const at = now().toISOString();
        const told = Promise.resolve(listener({ type: 'attempt-started', at, ...about, number }));
        told.catch(() => undefined);
        const ended = Promise.withResolvers<undefined>();
        const attempt = runAttempt(lane, definition, {
          number,
          deadlineMs,
          cancelSignal,
          onSubjectEnded: () => {
            ended.resolve(undefined);
          },
          ...(options.onOutput === undefined ? {} : { onOutput: outputTo(options.onOutput) }),
        });
        await Promise.race([ended.promise, attempt]);
        return { attempt, told };
      });
      if (made === undefined) return;
      const attempt = await made.attempt;
      // What was killed by the cancellation says nothing about the subject.
      if (isCancelled(cancelSignal)) return;
      await made.told;
      attempts.set(laneId, [...(attempts.get(laneId) ?? []), attempt]);
      await listener({ type: 'attempt-finished', at: now().toISOString(), ...about, attempt });
    }
  }
}

function outputTo(onOutput: (data: Buffer) => void): NonNullable<AttemptOptions['onOutput']> {
  return (stream, data) => {
    if (stream !== 'log') onOutput(data);
  };
}

/** A function, because the compiler believes that a signal does not change over an await. */
function isCancelled(signal: AbortSignal): boolean {
  return signal.aborted;
}

function laneAttempts(
  planned: PlannedCase,
  attempts: ReadonlyMap<string, readonly Attempt[]>,
  lanes: ReadonlyMap<string, Lane>,
): LaneAttempts[] {
  return planned.lanes.flatMap(({ laneId, decision }): LaneAttempts[] => {
    const info = lanes.get(laneId)?.info;
    if (info === undefined) return [];
    if (decision.kind === 'skipped') return [{ info, attempts: [], skipped: decision.reason }];
    if (decision.kind === 'unsupported')
      return [{ info, attempts: [{ number: 1, unsupported: decision.reason }] }];
    return [{ info, attempts: attempts.get(laneId) ?? [] }];
  });
}
