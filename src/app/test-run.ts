import {
  ArchParityError,
  ExitCode,
  type CaseDefinition,
  type LaneSpec,
  type OpenedBinary,
  type OpenedImage,
  type Platform,
  type RunListener,
  type Suite,
  type Summary,
} from '../core/index.ts';
import type { ImageAccess } from '../image/index.ts';
import { createSummary } from '../judge/index.ts';
import { SharedConnections, type Lane, type OpenLaneOptions } from '../lanes/index.ts';
import { planCases, type Filter, type Plan, type Shard } from '../plan/index.ts';
import { executePlan, type Execution, type Repetition } from '../run/index.ts';
import { carryOver, type EarlierRun } from './carry-over.ts';
import { decideExitCode } from './decide-exit-code.ts';
import { endOnCancel } from './end-on-cancel.ts';
import {
  announceLanes,
  closeLanes,
  describeAbsent,
  openLanes,
  type AbsentLane,
  type OpenedLanes,
} from './open-lanes.ts';
import { announceBinaries, describeBinary } from './opened-binaries.ts';
import { announceImages, describeOpened } from './opened-images.ts';
import { prepareReferees } from './open-referees.ts';
import { startEvent } from './start-event.ts';
import type { PreparedSubjects } from './unchanged-inputs.ts';

export interface TestRunOptions {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly suites: readonly Suite[];
  readonly lanes: readonly LaneSpec[];
  /** Lanes that are asked about cases on which the others differ. */
  readonly referees: {
    readonly specs: readonly LaneSpec[];
    /** Whether the user asked for them: then the run fails without. */
    readonly required: boolean;
  };
  /** Ids of lanes without which the run is not worth having. */
  readonly requiredLanes: readonly string[];
  readonly platform: Platform;
  readonly filters: readonly Filter[];
  readonly shard: Shard | undefined;
  /** What cases took, by id, in milliseconds: shards are balanced by it. */
  readonly timings?: ReadonlyMap<string, number>;
  /** The run whose finished cases are not run again. */
  readonly earlier?: EarlierRun;
  readonly jobs: number;
  readonly retries: number;
  /** RE2: what must be in the words of a failure for a retry. */
  readonly retryOn?: readonly string[];
  /** Each case is run so many times, however it ends. */
  readonly repeat?: Repetition;
  readonly timeoutMs?: number;
  readonly failFast: boolean;
  readonly strict: boolean;
  readonly cacheDir: string;
  /** How images that are no files are got; absent = with the defaults. */
  readonly imageAccess?: ImageAccess;
  readonly logger?: (command: string) => void;
  /** Called when everything is checked and ready, so that bad input leaves no record behind. */
  readonly openOutputs: () => Promise<TestOutputs>;
  /** Told of the output of every case as it comes. */
  readonly onOutput?: (data: Buffer) => void;
  readonly cancelSignal: AbortSignal;
  readonly now: () => Date;
}

/** Where what happens in a run goes. */
export interface TestOutputs {
  readonly runId: string;
  readonly listener: RunListener;
  /** Absent = nothing is recorded. */
  readonly recorded?: {
    /** A case as the record will have it. */
    readonly redactCase: (definition: CaseDefinition) => CaseDefinition;
    /** Puts the record in the place of the earlier one, of which all is in it. */
    readonly takePlace: () => void;
  };
}

export interface TestRunOutcome {
  readonly summary: Summary;
  readonly exitCode: ExitCode;
  readonly interrupted: boolean;
}

/** Every subject that will really run is read and checked before anything does. */
async function prepareSubjects(
  plan: Plan,
  lanes: readonly Lane[],
  cacheDir: string,
): Promise<PreparedSubjects> {
  const images: OpenedImage[] = [];
  const binaries: OpenedBinary[] = [];
  for (const lane of lanes) {
    const seen = new Set<string>();
    for (const { definition, lanes: decisions } of plan.cases) {
      const runs = decisions.some(
        ({ laneId, decision }) => laneId === lane.info.id && decision.kind === 'run',
      );
      const companions = (definition.with ?? []).map(({ subject }) => subject);
      for (const subject of runs ? [definition.subject, ...companions] : []) {
        const key = JSON.stringify(subject);
        if (seen.has(key)) continue;
        seen.add(key);
        try {
          await lane.prepare(subject);
          images.push(...(await describeOpened(lane, subject)));
          binaries.push(...(await describeBinary(subject, lane.info.platform, cacheDir)));
        } catch (error) {
          // Another machine's trouble is told with each case that needs the subject; the other lanes go on.
          if (!isTroubleElsewhere(lane, error)) throw error;
        }
      }
    }
  }
  return { images, binaries };
}

function isTroubleElsewhere({ info }: Lane, error: unknown): boolean {
  return (
    info.kind === 'ssh' &&
    error instanceof ArchParityError &&
    error.exitCode === ExitCode.environment
  );
}

function requireLanes({ lanes, failed }: OpenedLanes, required: readonly string[]): void {
  for (const id of required) {
    const failure = failed.find(({ laneId }) => laneId === id);
    if (failure !== undefined) throw failure.error;
    if (lanes.every((lane) => lane.info.id !== id && lane.info.kind !== id)) {
      throw new ArchParityError({
        code: 'LANE_REQUIRED',
        message: `The required lane "${id}" is not among the lanes of this run.`,
        advice: `Add --lane ${id}.`,
      });
    }
  }
}

/**
 * Opens the lanes, plans, runs and judges; everything that happens goes to the listener.
 * @throws ArchParityError for bad usage and for lanes that are required or none of which opens
 */
export async function runTests(options: TestRunOptions): Promise<TestRunOutcome> {
  const { cancelSignal } = options;
  const openWith = laneOptions(options);
  const opened = await openLanes(options.lanes, openWith).catch((error: unknown) => {
    // Lanes that were not waited for are no failure.
    if (cancelSignal.aborted) return undefined;
    throw error;
  });
  if (opened === undefined) return INTERRUPTED;
  try {
    const prepared = await prepareRun(opened, options);
    if (prepared === undefined) return INTERRUPTED;
    return await runPlan(prepared, opened, { ...options, openWith });
  } finally {
    await closeLanes(opened.lanes);
  }
}

function laneOptions(options: TestRunOptions): OpenLaneOptions {
  const { platform, cacheDir, cancelSignal, imageAccess, logger } = options;
  return {
    platform,
    cacheDir,
    ...(imageAccess === undefined ? {} : { imageAccess }),
    measure: true,
    cancelSignal,
    // Referees share them, too.
    connections: new SharedConnections(),
    ...(logger === undefined ? {} : { logger }),
  };
}

function absentLanes({ failed }: OpenedLanes): AbsentLane[] {
  return failed.map(describeAbsent);
}

/** Interrupted before anything ran. */
const INTERRUPTED: TestRunOutcome = {
  summary: createSummary(),
  exitCode: ExitCode.interrupted,
  interrupted: true,
};

interface PreparedRun extends PreparedSubjects {
  readonly plan: Plan;
}

/** Plans, and gets every subject ready; `undefined` when that was cancelled. */
async function prepareRun(
  opened: OpenedLanes,
  options: TestRunOptions,
): Promise<PreparedRun | undefined> {
  // A lane that is missing then may have been cancelled.
  if (options.cancelSignal.aborted) return undefined;
  requireLanes(opened, options.requiredLanes);
  const plan = planCases({
    suites: options.suites,
    lanes: [...opened.lanes.map((lane) => lane.info), ...absentLanes(opened)],
    filters: options.filters,
    ...(options.shard === undefined ? {} : { shard: options.shard }),
    ...(options.timings === undefined ? {} : { timings: options.timings }),
  });
  const subjects = await endOnCancel(opened.lanes, options.cancelSignal, () =>
    prepareSubjects(plan, opened.lanes, options.cacheDir),
  );
  return subjects === undefined ? undefined : { plan, ...subjects };
}

async function warnOfFilter({ now, suites }: TestRunOptions, listener: RunListener): Promise<void> {
  const count = suites.reduce((sum, { cases }) => sum + cases.length, 0);
  await listener({
    type: 'warning',
    at: now().toISOString(),
    message: `--filter leaves none of ${count === 1 ? 'one case' : `${String(count)} cases`}`,
    advice: 'Without --filter, --list names the cases.',
  });
}

async function runPlan(
  { plan, images, binaries }: PreparedRun,
  opened: OpenedLanes,
  options: TestRunOptions & { readonly openWith: OpenLaneOptions },
): Promise<TestRunOutcome> {
  const { now } = options;
  const started = performance.now();
  const outputs = await options.openOutputs();
  const { listener } = outputs;
  const isResumed = options.earlier !== undefined;
  await listener(startEvent(plan, { ...options, ...outputs, ...outputs.recorded, isResumed }));
  await announceLanes(opened, listener, now);
  await announceImages(images, listener, now);
  await announceBinaries(binaries, listener, now);
  if (plan.whole.length === 0 && options.filters.length > 0) await warnOfFilter(options, listener);
  const { earlier, referees: wanted, openWith, ...common } = options;
  const infos = opened.lanes.map(({ info }) => info);
  const { recorded } = outputs;
  const { carried, ...rest } =
    earlier === undefined || recorded === undefined
      ? { plan, carried: undefined }
      : await carryOver(plan, earlier, {
          ...recorded,
          listener,
          lanes: infos,
          subjects: { images, binaries },
          strict: options.strict,
          now,
        });
  const referees = prepareReferees(wanted.specs, openWith, {
    listener,
    carried,
    now,
  });
  let execution: Execution;
  try {
    execution = await executePlan({
      ...common,
      ...rest,
      listener,
      lanes: opened.lanes,
      absent: absentLanes(opened),
      ...(wanted.specs.length === 0 ? {} : { referees }),
    });
  } finally {
    await referees.close();
  }
  const refereeMissing = wanted.required && referees.failed;
  const exitCode = decideExitCode(execution, {
    interrupted: execution.interrupted,
    laneMissing: opened.failed.length > 0 || refereeMissing,
    isPart: plan.cases.length < plan.whole.length,
  });
  await listener({
    type: 'run-finished',
    at: now().toISOString(),
    summary: execution.summary,
    durationMs: Math.round(performance.now() - started),
    exitCode,
    interrupted: execution.interrupted,
  });
  return { summary: execution.summary, exitCode, interrupted: execution.interrupted };
}
