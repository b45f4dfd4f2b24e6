import type { ParityCommand, ParitySession } from '../app/parity-session.ts';
import {
  capturedText,
  type Attempt,
  type CaseDefinition,
  type ChangedFile,
  type LaneInfo,
  type Platform,
} from '../core/index.ts';

import { tellError } from './tell-error.ts';

/** What a command did on a lane, as the JSON report has an attempt. */
export interface LaneObservation {
  /** The lane's id. */
  readonly lane: string;
  /** Absent when it was ended by a signal or at its deadline. */
  readonly exit?: number;
  /** Symbolic name. */
  readonly signal?: string;
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** Absent when the command does not `compare: [files]`. */
  readonly files?: readonly ChangedFile[];
  readonly wallMs: number;
  readonly userMs: number;
  readonly sysMs: number;
  readonly maxRssKb: number;
}

/** The lane of a test. */
export interface ParityLane {
  readonly id: string;
  readonly platform: Platform;
  readonly kind: LaneInfo['kind'];
  /**
   * Runs a command on the subject: `run` or `args`, and what else a case of a suite may have. A test of a lane that
   * cannot do it is skipped.
   * @throws Error when the lane broke
   */
  run(command: ParityCommand): Promise<LaneObservation>;
}

/** Where an observation comes from. */
export interface Origin {
  readonly session: ParitySession;
  readonly definition: CaseDefinition;
  readonly laneId: string;
}

const origins = new WeakMap<object, Origin>();

/** `undefined` for what no lane of ours gave. */
export function originOf(observation: unknown): Origin | undefined {
  return typeof observation === 'object' && observation !== null
    ? origins.get(observation)
    : undefined;
}

/** The lane of one test; the commands of the test are the cases `TEST`, `TEST (2)`, … */
export function createParityLane(
  session: ParitySession,
  info: LaneInfo,
  { name, skip }: { readonly name: string; readonly skip: (reason: string) => never },
): ParityLane {
  let count = 0;
  return {
    id: info.id,
    platform: info.platform,
    kind: info.kind,
    run: async (command) => {
      count += 1;
      const id = count === 1 ? name : `${name} (${count})`;
      const definition = await tellError(() => Promise.resolve(session.readCase(id, command)));
      const { base } = session;
      // Whatever tests were chosen: what this lane does is compared with what that one does.
      const isCompared = base !== undefined && base !== info.id;
      if (isCompared && session.lastAttempt(definition.id, base) === undefined)
        await session.attempt(definition, base);
      const attempt = await session.attempt(definition, info.id);
      if (attempt.unsupported !== undefined) return skip(attempt.unsupported);
      const observation = describeAttempt(info.id, attempt);
      origins.set(observation, { session, definition, laneId: info.id });
      return observation;
    },
  };
}

/** @throws Error when the lane broke, or the command could not be started */
export function describeAttempt(lane: string, { infra, observation }: Attempt): LaneObservation {
  if (observation === undefined)
    throw new Error(
      `nothing could be run on ${lane}: ${[infra?.message, infra?.advice].filter(Boolean).join(' ')}`,
    );
  const { termination, stdout, stderr, files, wallMs, userMs, sysMs, maxRssKb } = observation;
  if (termination.kind === 'not-started') throw new Error(termination.message);
  return {
    lane,
    ...(termination.kind === 'exit' ? { exit: termination.code } : {}),
    ...(termination.kind === 'signal' ? { signal: termination.signal } : {}),
    timedOut: termination.kind === 'timeout',
    stdout: capturedText(stdout),
    stderr: capturedText(stderr),
    ...(files === undefined ? {} : { files }),
    wallMs,
    userMs,
    sysMs,
    maxRssKb,
  };
}
