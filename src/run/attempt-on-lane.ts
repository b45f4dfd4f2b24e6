import { setImmediate } from 'node:timers/promises';
import { caseOn, type Attempt, type CaseDefinition, type RunListener } from '../core/index.ts';
import type { AttemptOptions, Lane, Turn } from '../lanes/index.ts';
import { runAttempt } from './run-attempt.ts';
import type { Claim, Slots } from './slots.ts';

/** What all attempts of a run have in common. */
export interface AttemptContext {
  readonly listener: RunListener;
  readonly slots: Slots;
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
  const { listener, cancelSignal, now, onOutput, slots } = context;
  const about = { caseId: definition.id, laneId: lane.info.id };
  let told: Promise<void> | undefined;
  const tellStart = async (): Promise<void> => {
    const at = now().toISOString();
    // The subject first: nobody who is told must keep its slot empty.
    await setImmediate();
    await listener({ type: 'attempt-started', at, ...about, number });
  };
  // Only the subject's life holds a slot: while others run, the next attempt is made ready, and what is over is
  // put away (which is waiting for the most part) and told.
  let claim: Claim | undefined;
  const begin = (): void => {
    if (cancelSignal.aborted) return;
    told ??= tellStart();
    told.catch(() => undefined);
  };
  const end = (): void => {
    if (claim !== undefined) slots.end(claim);
  };
  // Asked again, by a lane that makes the attempt anew, it is the same turn, unless that had not come yet.
  const waitForTurn = async (agent?: object): Promise<Turn> => {
    if (claim === undefined || claim.hasEnded || !claim.hasBegun) {
      end();
      claim = slots.claim(agent, begin);
    }
    const mine = claim;
    const { after } = await mine.turn;
    if (cancelSignal.aborted) throw new Error('cancelled before its turn');
    return {
      ...(after === undefined || mine.hasBegun ? {} : { after }),
      hasBegun: () => mine.hasBegun,
      tellSpawn: (where, sent) => {
        slots.note(mine, { agent: where, sent });
      },
    };
  };
  const made = await runAttempt(lane, caseOn(definition, lane.info.platform), {
    number,
    deadlineMs,
    ...(await conductOf(lane, request, context)),
    cancelSignal,
    waitForTurn,
    onSubjectEnded: end,
    ...(onOutput === undefined ? {} : { onOutput: outputTo(onOutput) }),
  });
  end();
  if (isCancelled(cancelSignal)) return undefined;
  const attempt = addNotes(made, notes);
  await (told ?? tellStart());
  await listener({ type: 'attempt-finished', at: now().toISOString(), ...about, attempt });
  return attempt;
}

/** How a case with containers is conducted, and how long it may take altogether. */
async function conductOf(
  lane: Lane,
  { deadlineMs, definition }: { readonly definition: CaseDefinition; readonly deadlineMs: number },
  { timeoutMs }: AttemptContext,
): Promise<Partial<Pick<AttemptOptions, 'conduct' | 'deadlineMs'>>> {
  if (definition.service === undefined && definition.with === undefined) return {};
  const [{ conductService }, { limitService }] = await Promise.all([
    import('./service/conduct-service.ts'),
    import('./service/service-limits.ts'),
  ]);
  const limits = limitService(definition, lane.info, {
    deadlineMs,
    emulationFactor: lane.emulationFactor,
    isOverridden: timeoutMs !== undefined,
  });
  return {
    deadlineMs: limits.totalMs,
    conduct: (starter) =>
      conductService(definition, starter, { limits, platform: lane.info.platform }),
  };
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
