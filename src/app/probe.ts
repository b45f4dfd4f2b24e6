import pLimit from 'p-limit';
import { ExitCode, type LaneInfo, type Platform } from '../core/index.ts';
import { ensureCacheRoot } from '../store/index.ts';
import { closeLanes, openLanes, type OpenedLanes } from './open-lanes.ts';
import { compareAnswers, type AnswerDifference } from './probe/compare-answers.ts';
import { askProbe } from './probe/ask-probe.ts';
import type { ProbeAnswer } from './probe/probe-answer.ts';
import type { Probe } from './probe/probe-definition.ts';
import { prepareSubjects } from './probe/probe-subjects.ts';
import { selectProbes } from './probe/select-probes.ts';
import { readLanes } from './read-lanes.ts';
import { readVersion } from './version.ts';

export { selectProbes } from './probe/select-probes.ts';
export type { AnswerDifference } from './probe/compare-answers.ts';
export type { AnswerState, ProbeAnswer } from './probe/probe-answer.ts';
export type { Probe, ProbeArea } from './probe/probe-definition.ts';

/** What all lanes answered to one probe. */
export interface ProbeResult {
  readonly probe: Probe;
  /** By lane id. */
  readonly answers: Readonly<Record<string, ProbeAnswer>>;
  /** Lanes that were measured by another one. */
  readonly compared: readonly string[];
  readonly differences: readonly AnswerDifference[];
}

export interface ProbeReport {
  readonly archparity: string;
  readonly lanes: readonly LaneInfo[];
  /** Lanes that could not be opened. */
  readonly failed: readonly { readonly laneId: string; readonly message: string }[];
  readonly results: readonly ProbeResult[];
}

export interface ProbeOptions {
  /** Lane specs as written. */
  readonly lanes: readonly string[];
  /** Ids and areas; none = all. */
  readonly probes: readonly string[];
  /** Platform of emulated lanes that name none. */
  readonly platform: Platform;
  /** Probes at once on each lane. */
  readonly jobs: number;
  readonly logger?: (command: string) => void;
  readonly cancelSignal: AbortSignal;
}

/**
 * Puts the probes to lanes, each in a process of its own, and compares the answers. All lanes are
 * closed when this returns.
 * @throws ArchParityError `PROBE_…`, `LANE_…`; the reason of `cancelSignal` when it is aborted
 */
export async function probeLanes(options: ProbeOptions): Promise<ProbeReport> {
  const probes = selectProbes(options.probes);
  const specs = await readLanes(options.lanes, process.cwd());
  const opened = await openLanes(specs, {
    platform: options.platform,
    cacheDir: ensureCacheRoot(),
    measure: false,
    cancelSignal: options.cancelSignal,
    ...(options.logger === undefined ? {} : { logger: options.logger }),
  });
  try {
    return await askLanes(opened, probes, options);
  } finally {
    await closeLanes(opened.lanes);
  }
}

async function askLanes(
  { lanes, failed }: OpenedLanes,
  probes: readonly Probe[],
  options: ProbeOptions,
): Promise<ProbeReport> {
  const { cancelSignal } = options;
  cancelSignal.throwIfAborted();
  const subjects = await Promise.all(lanes.map(prepareSubjects));
  const byLane = await Promise.all(
    subjects.map(async (prepared) => {
      const limit = pLimit(options.jobs);
      const answers = await Promise.all(
        probes.map((probe) => limit(() => askProbe(prepared, probe, { cancelSignal }))),
      );
      return { id: prepared.lane.info.id, answers };
    }),
  );
  const infos = lanes.map(({ info }) => info);
  const results = probes.map((probe, index): ProbeResult => {
    const answers = Object.fromEntries(
      byLane.flatMap(({ id, answers }) => {
        const answer = answers[index];
        return answer === undefined ? [] : [[id, answer] as const];
      }),
    );
    return { probe, answers, ...compareAnswers(probe, answers, infos) };
  });
  return {
    archparity: readVersion(),
    lanes: infos,
    failed: failed.map(({ laneId, error }) => ({ laneId, message: error.message })),
    results,
  };
}

/** 0; 3 when a lane could not be opened or broke; 4 when no probe was answered. */
export function probeExitCode({ failed, results }: ProbeReport): ExitCode {
  const answers = results.flatMap(({ answers }) => Object.values(answers));
  if (failed.length > 0 || answers.some(({ state }) => state === 'infra-error'))
    return ExitCode.environment;
  return answers.every(({ state }) => state === 'unsupported' || state === 'not-tried')
    ? ExitCode.nothingRan
    : ExitCode.ok;
}
