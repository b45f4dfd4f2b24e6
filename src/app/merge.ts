import {
  errorMessage,
  ExitCode,
  usageError,
  type RunEvent,
  type RunListener,
} from '../core/index.ts';
import {
  JoinedCases,
  joinRecords,
  surveyRecord,
  type JoinedRun,
  type RecordSurvey,
} from '../record/index.ts';
import type { ReporterFailure, ReporterOptions } from '../report/index.ts';
import { ResultTally } from '../run/index.ts';
import type { CiSystem } from './ci-system.ts';
import { decideExitCode } from './decide-exit-code.ts';
import { findRecordFile } from './find-record.ts';
import { isSameFile } from './is-same-file.ts';
import { findDoubts } from './merge/find-doubts.ts';
import { judgeJoined } from './merge/judge-joined.ts';
import { startMerged } from './merge/merged-start.ts';
import { requireLanes } from './merge/require-lanes.ts';
import { replayCase } from './replay-case.ts';
import { parseReporterRequests, refuseRecords, refuseSameFile } from './reporter-request.ts';
import { openOutputs, type RunOutputs } from './run-outputs.ts';
import { readVersion } from './version.ts';

/** What `archparity merge` was asked to do. */
export interface MergeRequest {
  readonly cwd: string;
  /** Files, ids of runs below `cwd`, or `last`. */
  readonly records: readonly string[];
  /** Where the merged record goes; absent = in a new run directory below `cwd`. */
  readonly output?: string;
  /** `NAME[=FILE]`; none = text on stdout, and what the CI system shows. */
  readonly reporters: readonly string[];
  /** The CI system whose job this is; absent = none that we know. */
  readonly ci?: CiSystem;
  /** Lanes that records must have, as they were written for the runs or as the merged run calls them. */
  readonly requiredLanes: readonly string[];
  /** Flaky cases fail too, whatever the runs were told. */
  readonly strict: boolean;
  readonly terminal: Omit<ReporterOptions, 'recordPath'>;
  /** Tells a person something beside the reports. */
  readonly say: (text: string) => void;
}

/**
 * Joins records of machines, lanes and architectures into one, and compares what is in several of them.
 * @returns the exit code: that of one run of all, 3 when something is missing
 * @throws ArchParityError for records that cannot be read or do not fit together
 */
export async function mergeRecords(request: MergeRequest): Promise<number> {
  const { cwd, output, terminal, ci } = request;
  const reporters = parseReporterRequests(request.reporters, {
    standard: 'text',
    ...(ci === undefined ? {} : { ci }),
  });
  refuseSameFile(reporters, output);
  const files = await findFiles(request);
  refuseRecords(reporters, files);
  const surveys: RecordSurvey[] = [];
  for (const file of files) surveys.push(await surveyRecord(file));
  const run = requireLanes(joinRecords(surveys), request.requiredLanes);
  const outputs = await openOutputs({
    cwd,
    reporters,
    ...(output === undefined ? {} : { record: output }),
    // The records lack them already.
    secrets: [],
    terminal,
  });
  let exitCode: ExitCode;
  let failures: readonly ReporterFailure[] = [];
  try {
    exitCode = await tellRun(run, outputs, request);
  } finally {
    failures = await outputs.finish();
  }
  for (const { name, error } of failures) {
    request.say(`archparity: the reporter ${name} failed: ${errorMessage(error)}`);
  }
  for (const { message } of run.gaps) request.say(`archparity: ${message}`);
  return failures.length > 0 ? ExitCode.environment : exitCode;
}

/** The files of the records, none of which the merged one would replace. */
async function findFiles({ cwd, records, output }: MergeRequest): Promise<readonly string[]> {
  if (records.length === 0) {
    throw usageError(
      'NOTHING_TO_MERGE',
      'There is nothing to merge.',
      'Name records: archparity merge shard-*.ndjson',
    );
  }
  const files = await Promise.all(records.map((record) => findRecordFile(record, cwd)));
  const overwritten =
    output === undefined ? undefined : files.find((file) => isSameFile(file, output));
  if (overwritten !== undefined) {
    throw usageError(
      'MERGE_OVERWRITES',
      `The merged record would replace ${overwritten}, which it is made of.`,
      'Give -o another file.',
    );
  }
  return files;
}

/** Tells the listener of the merged run, event by event. */
async function tellRun(
  run: JoinedRun,
  { listener, runId }: RunOutputs,
  request: MergeRequest,
): Promise<ExitCode> {
  const start = startMerged(run, { runId, archparity: readVersion() });
  const strict = request.strict || start.strict;
  const { at } = start;
  await listener({ ...start, strict });
  await tellLanes(run, listener, at);
  for (const image of run.images) await listener({ type: 'image-opened', at, image });
  for (const binary of run.binaries) await listener({ type: 'binary-opened', at, binary });
  for (const warning of listWarnings(run)) await listener({ type: 'warning', at, ...warning });
  const tally = await tellCases(run, listener, { strict, cwd: start.cwd });
  const ends = run.records.flatMap(({ end }) => end ?? []);
  // A referee that was asked for and was not there shows in the exit code alone.
  const wasNotReady = run.records.some(
    ({ start: { merged }, end }) => merged === undefined && end?.exitCode === ExitCode.environment,
  );
  const laneMissing = wasNotReady || run.failedLanes.some(({ isReferee }) => !isReferee);
  const code =
    run.gaps.length > 0
      ? ExitCode.environment
      : decideExitCode(tally.tallied, { interrupted: false, laneMissing });
  await listener({
    type: 'run-finished',
    at:
      ends
        .map((end) => end.at)
        .sort()
        .at(-1) ?? at,
    summary: tally.tallied.summary,
    // Machines work side by side: the slowest is what one waits for.
    durationMs: Math.max(0, ...ends.map(({ durationMs }) => durationMs)),
    exitCode: code,
    interrupted: false,
  });
  return code;
}

async function tellLanes(
  { lanes, failedLanes }: JoinedRun,
  listener: RunListener,
  at: string,
): Promise<void> {
  for (const { info, isReferee, isOpen } of lanes) {
    if (!isOpen) continue;
    const role = isReferee ? { role: 'referee' as const } : {};
    await listener({ type: 'lane-opened', at, lane: info, ...role });
  }
  for (const { laneId, failure, lane, isReferee } of failedLanes) {
    await listener({
      type: 'lane-failed',
      at,
      laneId,
      failure,
      ...(lane === undefined ? {} : { lane }),
      ...(isReferee ? { role: 'referee' } : {}),
    });
  }
}

function listWarnings(
  run: JoinedRun,
): readonly Pick<Extract<RunEvent, { type: 'warning' }>, 'message' | 'advice'>[] {
  const recorded = run.records.flatMap(({ warnings }) =>
    warnings.map(({ message, advice }) =>
      advice === undefined ? { message } : { message, advice },
    ),
  );
  const all = [...recorded, ...findDoubts(run), ...run.gaps];
  return [...new Map(all.map((warning) => [warning.message, warning])).values()];
}

async function tellCases(
  { cases, lanes, records }: JoinedRun,
  listener: RunListener,
  { strict, cwd }: { readonly strict: boolean; readonly cwd: string },
): Promise<ResultTally> {
  const tally = new ResultTally(strict);
  const days = records.map(({ start }) => start.at.slice(0, 10)).sort();
  const options = {
    today: days.at(-1) ?? '',
    comparisonWanted: lanes.filter(({ isReferee }) => !isReferee).length > 1,
    cwd,
  };
  const recorded = new JoinedCases();
  try {
    for (const { sources, place } of cases) {
      const read = sources.map((source) => ({ ...source, ...recorded.read(source) }));
      const result = judgeJoined(read, lanes, options);
      tally.take(result);
      const at =
        read
          .map((source) => source.at)
          .sort()
          .at(-1) ?? '';
      await replayCase({ result, at, ...(place === undefined ? {} : { place }) }, listener);
    }
  } finally {
    recorded.close();
  }
  return tally;
}
