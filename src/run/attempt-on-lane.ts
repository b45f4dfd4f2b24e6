import type pLimit from 'p-limit';
import type { Attempt, CaseDefinition, RunListener } from '../core/index.ts';
import type { AttemptOptions, Lane } from '../lanes/index.ts';
import { runAttempt } from './run-attempt.ts';

/** Lets at most so many attempts run at once. */
export type AttemptLimit = ReturnType<typeof pLimit>;

/** What all attempts of a run have in common. */
export interface AttemptContext {
  readonly listener: RunListener;
  readonly limit: AttemptLimit;
  /** Overrides every deadline, in milliseconds. */
  readonly timeoutMs?: number;
  /** Told of the output of every case as it comes. */
  readonly onOutput?: (data: Buffer) => void;
  readonly cancelSignal: AbortSignal;
  readonly now: () => Date;
}

/**
 * Makes one attempt when there is room for it and tells the listener. `undefined` when it was cancelled:
 * what was killed by that says nothing about the subject.
 */
export async function attemptOnLane(
  lane: Lane,
  request: {
    readonly definition: CaseDefinition;
    readonly number: number;
    readonly deadlineMs: number;
    /** What the lane cannot do for the case, for its observation. */
    readonly notes?: readonly string[];
  },
  context: AttemptContext,
): Promise<Attempt | undefined> {
  const { definition, number, deadlineMs, notes = [] } = request;
  const { listener, cancelSignal, now, onOutput } = context;
  const about = { caseId: definition.id, laneId: lane.info.id };
  // Only the subject's life holds a slot: while its namespaces are taken down (which is waiting for the
  // most part) and listeners are told, the next attempt begins.
  const made = await context.limit(async () => {
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
      ...(onOutput === undefined ? {} : { onOutput: outputTo(onOutput) }),
    });
    await Promise.race([ended.promise, attempt]);
    return { attempt, told };
  });
  if (made === undefined) return undefined;
  const attempt = addNotes(await made.attempt, notes);
  if (isCancelled(cancelSignal)) return undefined;
  await made.told;
  await listener({ type: 'attempt-finished', at: now().toISOString(), ...about, attempt });
  return attempt;
}

function addNotes(attempt: Attempt, notes: readonly string[]): Attempt {
  const { observation } = attempt;
  if (observation === undefined || notes.length === 0) return attempt;
  return {
    ...attempt,
    observation: { ...observation, notes: [...notes, ...(observation.notes ?? [])] },
  };
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
