import {
  errorMessage,
  ExitCode,
  RECORD_VERSION,
  usageError,
  type BenchDefinition,
  type BenchPlan,
  type BenchResult,
  type BenchWarning,
  type LaneInfo,
  type LaneSpec,
  type OpenedImage,
  type Platform,
} from '../core/index.ts';
import { agentPath } from '../agent/index.ts';
import { averageRatios, judgeBench, runBench, type BenchRun } from '../bench/index.ts';
import { createSummary } from '../judge/index.ts';
import { SharedConnections, type Lane } from '../lanes/index.ts';
import { makeBenchReport, type BenchReport, type ReporterOptions } from '../report/index.ts';
import { ensureCacheRoot } from '../store/index.ts';
import { bareCase } from './bare-case.ts';
import { openBenchLanes, type BenchLanes } from './bench/bench-lanes.ts';
import { requireProcessors } from './bench/require-processors.ts';
import { compareWithBaseline, findRegressions } from './bench/compare-baseline.ts';
import { prepareSubjects } from './bench/prepare-subjects.ts';
import { readBaseline, type Baseline } from './bench/read-baseline.ts';
import { readBenchReporters } from './bench/read-reporters.ts';
import { saveBaseline } from './bench/save-baseline.ts';
import { describeHost } from './describe-host.ts';
import { endOnCancel } from './end-on-cancel.ts';
import { openImageAccess, type ImageAccessRequest } from './image-access.ts';
import { announceImages } from './opened-images.ts';
import { openOutputs, type RunOutputs } from './run-outputs.ts';
import { readVersion } from './version.ts';

export type { BenchReport } from '../report/index.ts';

/** What `archparity bench` was asked to do. */
export interface BenchRequest {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly benchmarks: readonly BenchDefinition[];
  readonly lanes: readonly LaneSpec[];
  readonly platform: Platform;
  /** How images that are no files are got. */
  readonly access: ImageAccessRequest;
  readonly plan: BenchPlan;
  /** The benchmarks do the same in different ways: each is compared with the first one. */
  readonly acrossBenchmarks: boolean;
  readonly anyOutput: boolean;
  readonly anyLane: boolean;
  readonly ignoreFailure: boolean;
  readonly deadlineMs: number;
  /** Commands work in the caller's directory. */
  readonly inCallerDirectory: boolean;
  readonly writable: readonly string[];
  readonly baseline?: string;
  readonly saveBaseline?: string;
  /** Share: slower than the baseline by more fails. */
  readonly failAbove?: number;
  readonly record?: string;
  /** `NAME[=FILE]`. */
  readonly reporters: readonly string[];
  /** `taken`: the caller prints the report there itself. */
  readonly stdout: 'free' | 'taken';
  readonly secrets: readonly string[];
  readonly logger?: (command: string) => void;
  readonly terminal: Omit<ReporterOptions, 'recordPath'>;
  readonly say: (text: string) => void;
  readonly cancelSignal: AbortSignal;
}

export interface BenchOutcome {
  readonly report: BenchReport;
  readonly exitCode: ExitCode;
}

/** The agent of a lane's platform, which prints its version and ends: what any start costs there. */
function calibrationCase({ info }: Lane) {
  try {
    const paths = { [info.platform]: agentPath(info.platform) };
    return bareCase('bench/calibration', {
      subject: { kind: 'binary', paths },
      command: { kind: 'subject', args: ['--version'] },
      deadlineMs: 60_000,
    });
  } catch {
    // We ship none for this platform.
    return undefined;
  }
}

function laneWarnings({ failed, uncounted }: BenchLanes): BenchWarning[] {
  return [
    ...failed.map(({ laneId, error }) => ({
      code: error.code,
      lane: laneId,
      message: `nothing was measured on ${laneId}: ${error.message}`,
      advice: error.advice ?? 'Run archparity doctor.',
    })),
    ...uncounted.map(({ laneId, error }) => ({
      code: error.code,
      lane: laneId,
      message: `instructions were not counted on ${laneId}: ${error.message}`,
      advice: error.advice ?? 'Run archparity doctor.',
    })),
  ];
}

interface Judged {
  readonly results: readonly BenchResult[];
  readonly exitCode: ExitCode;
}

function judge(
  run: BenchRun,
  opened: BenchLanes,
  request: BenchRequest & { readonly before: Baseline | undefined; readonly infos: LaneInfo[] },
): Judged {
  const { before, benchmarks, failAbove, infos, plan } = request;
  const { results, series } = judgeBench(run, {
    ...request,
    benchmarks,
    lanes: opened.lanes.map(({ id }) => id),
    seed: plan.seed,
  });
  const compared =
    before === undefined
      ? undefined
      : compareWithBaseline(series, before, { ...request, lanes: infos, seed: plan.seed });
  const general = [...laneWarnings(opened), ...(compared?.warnings ?? [])];
  const all = results.map((result, at) => ({
    ...result,
    comparisons: [...result.comparisons, ...(compared?.comparisons.get(result.name) ?? [])],
    // What is about all of them stands with the first one.
    warnings: [...result.warnings, ...(at === 0 ? general : [])],
  }));
  const comparisons = all.flatMap((result) => result.comparisons);
  const withBaseline = comparisons.filter(({ baseline }) => baseline !== undefined);
  const regressed = findRegressions(comparisons, failAbove ?? Infinity).length > 0;
  const nothing = before !== undefined && failAbove !== undefined && withBaseline.length === 0;
  return { results: all, exitCode: decideExitCode(run, opened, { regressed, nothing }) };
}

function decideExitCode(
  { failed, interrupted, log }: BenchRun,
  opened: BenchLanes,
  { regressed, nothing }: { readonly regressed: boolean; readonly nothing: boolean },
): ExitCode {
  if (interrupted) return ExitCode.interrupted;
  if (failed.some(({ kind }) => kind === 'command')) return ExitCode.caseFailed;
  if (regressed) return ExitCode.regression;
  if (opened.failed.length > 0 || failed.some(({ kind }) => kind === 'lane'))
    return ExitCode.environment;
  const measured = log.samples.some(({ phase }) => phase !== 'warmup');
  return nothing || !measured ? ExitCode.nothingRan : ExitCode.ok;
}

/**
 * Measures benchmarks on their lanes, compares and reports; the whole of `archparity bench` but for words,
 * streams and exports.
 * @throws ArchParityError for bad usage, and when the run cannot begin; the reason of `cancelSignal` when it is aborted
 *   before
 */
export async function benchSubjects(request: BenchRequest): Promise<BenchOutcome> {
  if (request.failAbove !== undefined && request.baseline === undefined)
    throw usageError('USAGE', '--fail-above needs a --baseline to compare with.');
  requireProcessors(request.plan, request.lanes);
  const before = request.baseline === undefined ? undefined : await readBaseline(request.baseline);
  const reporters = readBenchReporters(request);
  const metrics = new Set(request.benchmarks.flatMap((bench) => bench.metrics));
  const opened = await openBenchLanes(request.lanes, {
    platform: request.platform,
    foreign: request.platform,
    cacheDir: ensureCacheRoot(),
    imageAccess: openImageAccess(request.access, {
      cancelSignal: request.cancelSignal,
      say: (note) => {
        if (!request.terminal.quiet) request.say(`archparity: ${note}`);
      },
    }),
    measure: true,
    cancelSignal: request.cancelSignal,
    connections: new SharedConnections(),
    times: [...metrics].some((metric) => metric !== 'instructions'),
    instructions: metrics.has('instructions'),
    ...(request.logger === undefined ? {} : { logger: request.logger }),
  });
  let outputs: RunOutputs | undefined;
  let outcome: BenchOutcome;
  let failures: Awaited<ReturnType<RunOutputs['finish']>> = [];
  try {
    const lanes = opened.lanes.flatMap(({ timer, counter }) =>
      [timer, counter].filter((lane) => lane !== undefined),
    );
    const images = await endOnCancel(lanes, request.cancelSignal, () =>
      prepareSubjects(opened.lanes, request.benchmarks),
    );
    if (images === undefined) throw request.cancelSignal.reason;
    outputs = await openOutputs({
      ...request,
      reporters,
    });
    outcome = await measure(request, { opened, images, before, outputs });
  } finally {
    await opened.close();
    failures = (await outputs?.finish()) ?? [];
    for (const { name, error } of failures)
      request.say(`archparity: the reporter ${name} failed: ${errorMessage(error)}`);
  }
  return failures.length > 0 ? { ...outcome, exitCode: ExitCode.environment } : outcome;
}

async function measure(
  request: BenchRequest,
  {
    opened,
    images,
    before,
    outputs,
  }: {
    readonly opened: BenchLanes;
    readonly images: readonly OpenedImage[];
    readonly before: Baseline | undefined;
    readonly outputs: RunOutputs;
  },
): Promise<BenchOutcome> {
  const { benchmarks, plan } = request;
  const { listener, runId } = outputs;
  const now = (): Date => new Date();
  const started = performance.now();
  const at = now().toISOString();
  await listener({
    type: 'run-started',
    recordVersion: RECORD_VERSION,
    runId,
    at,
    archparity: readVersion(),
    argv: request.argv,
    cwd: request.cwd,
    host: describeHost(),
    suites: [],
    caseCount: 0,
    attemptCount: 0,
    benchCount: benchmarks.length,
    strict: false,
  });
  await opened.announce(listener, now);
  await announceImages(images, listener, now);
  await listener({ type: 'bench-started', at: now().toISOString(), plan, benchmarks });
  const run = await runBench({
    benchmarks,
    lanes: opened.lanes,
    plan,
    calibrationCase,
    visit: {
      ...(plan.affinity === undefined ? {} : { affinity: plan.affinity }),
      ...(request.inCallerDirectory ? { callerDirectory: request.cwd } : {}),
      writable: request.writable,
    },
    deadlineMs: request.deadlineMs,
    ignoreFailure: request.ignoreFailure,
    listener,
    cancelSignal: request.cancelSignal,
    now,
  });
  const infos = opened.lanes.flatMap(({ timer, counter }) => (timer ?? counter)?.info ?? []);
  const { results, exitCode } = judge(run, opened, { ...request, before, infos });
  for (const result of results)
    await listener({ type: 'bench-finished', at: now().toISOString(), result });
  const means = averageRatios(results);
  const report = makeBenchReport({
    archparity: readVersion(),
    at,
    host: describeHost(),
    plan,
    lanes: infos,
    benchmarks: results,
    means,
    interrupted: run.interrupted,
  });
  if (request.saveBaseline !== undefined && !run.interrupted)
    await saveBaseline(request.saveBaseline, report);
  await listener({
    type: 'run-finished',
    at: now().toISOString(),
    summary: createSummary(),
    durationMs: Math.round(performance.now() - started),
    exitCode,
    interrupted: run.interrupted,
    ...(means.length === 0 ? {} : { means }),
  });
  return { report, exitCode };
}
