import {
  ArchParityError,
  hostPlatform,
  type Attempt,
  type CaseDefinition,
  type LaneInfo,
  type LaneSpec,
  type Observation,
  type Platform,
} from '../../core/index.ts';
import type { ImageAccess } from '../../image/index.ts';
import { compareObservations } from '../../judge/index.ts';
import { openLane, type Lane } from '../../lanes/index.ts';
import { createRedactor } from '../../record/index.ts';
import { CaseSession } from '../../run/index.ts';
import { endOnCancel } from '../end-on-cancel.ts';
import type { Behaviour, Candidate } from './bisect-report.ts';

export interface TryOptions {
  readonly definition: CaseDefinition;
  readonly platform: Platform;
  /** Values that must not be shown. */
  readonly secrets: readonly string[];
  /** On each candidate, to see whether it does the same every time. */
  readonly runs: number;
  readonly cacheDir: string;
  readonly imageAccess: ImageAccess;
  readonly logger?: (command: string) => void;
  readonly cancelSignal: AbortSignal;
  readonly now: () => Date;
}

/** What a case did on a lane, and which it was. */
export interface Tried {
  readonly info: LaneInfo;
  readonly behaviour: Behaviour;
}

/** Why nothing can be said of a candidate. */
export interface Unusable {
  readonly reason: string;
  readonly error?: ArchParityError;
}

/** Runs a case on one emulator, several times, on a lane that is opened for that. */
export async function tryCandidate(
  { label, qemu, cpu }: Candidate,
  options: TryOptions,
): Promise<Tried | Unusable> {
  const settings = {
    qemu: qemu.path,
    platform: options.platform,
    ...(cpu === undefined ? {} : { cpu }),
  };
  return tryLane({ id: label, kind: 'emulated', settings }, options);
}

/** Runs a case natively where its subject can be. */
export async function tryNative(options: TryOptions): Promise<Tried | Unusable> {
  const { subject } = options.definition;
  if (subject.kind === 'binary' && subject.paths[hostPlatform()] === undefined)
    return { reason: 'there is no program for this machine' };
  return tryLane({ id: 'native', kind: 'native', settings: {} }, options);
}

async function tryLane(spec: LaneSpec, options: TryOptions): Promise<Tried | Unusable> {
  options.cancelSignal.throwIfAborted();
  let lane: Lane | undefined;
  try {
    lane = await openFor(spec, options);
    return await observe(lane, options);
  } catch (error) {
    options.cancelSignal.throwIfAborted();
    if (!(error instanceof ArchParityError)) throw error;
    return { reason: error.message, error };
  } finally {
    await lane?.close();
  }
}

async function openFor(spec: LaneSpec, options: TryOptions): Promise<Lane> {
  const { platform, cacheDir, imageAccess, logger, cancelSignal, definition } = options;
  const lane = await openLane(spec, {
    platform,
    cacheDir,
    imageAccess,
    cancelSignal,
    measure: true,
    ...(logger === undefined ? {} : { logger }),
  });
  try {
    const companions = (definition.with ?? []).map(({ subject }) => subject);
    await endOnCancel([lane], cancelSignal, async () => {
      for (const subject of [definition.subject, ...companions]) await lane.prepare(subject);
    });
    cancelSignal.throwIfAborted();
    return lane;
  } catch (error) {
    await lane.close();
    throw error;
  }
}

async function observe(lane: Lane, options: TryOptions): Promise<Tried | Unusable> {
  const { definition, runs, secrets, cancelSignal, now } = options;
  const redactor = createRedactor({ secrets });
  const session = new CaseSession({
    lanes: [lane],
    absent: [],
    listener: () => undefined,
    cancelSignal,
    now,
  });
  const seen: Observation[] = [];
  for (let number = 1; number <= runs; number += 1) {
    const attempt = redactor.redactAttempt(await session.attempt(definition, lane.info.id));
    cancelSignal.throwIfAborted();
    if (attempt.observation === undefined) return { reason: whyUnseen(attempt) };
    seen.push(attempt.observation);
  }
  const [observation, ...others] = seen;
  if (observation === undefined) throw new TypeError('nothing was run');
  const otherwise = others.find(
    (other) =>
      compareObservations(observation, other, { definition, lanes: [lane.info, lane.info] })
        .differences.length > 0,
  );
  return {
    info: lane.info,
    behaviour: { observation, ...(otherwise === undefined ? {} : { otherwise }) },
  };
}

function whyUnseen({ infra, unsupported }: Attempt): string {
  return infra?.message ?? unsupported ?? 'nothing was seen';
}
