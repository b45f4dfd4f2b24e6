import { isAbsolute, join, relative } from 'node:path';
import { RECORD_VERSION, type MergedRun, type RunEvent } from '../../core/index.ts';
import { uniteWords, type JoinedRun, type RecordSurvey } from '../../record/index.ts';
import { laneIdOf } from '../lane-id.ts';
import { valuesOf } from '../recorded/recorded-flags.ts';

type RunStarted = Extract<RunEvent, { type: 'run-started' }>;

/** Options whose values say what a run was a part of, and where its outputs went: with their value. */
const OF_ONE_PART = [
  ...['--shard', '--timings', '--record', '--reporter', '--resume', '--rerun-failed'],
  ...['--lane', '--require-lane', '--jobs', '-j', '--save'],
];

/**
 * The first event of a merged run. Its words are those that one machine with all of the lanes would have been
 * told, as far as the runs were told the same.
 */
export function startMerged(
  { records, lanes, caseCount, gaps }: JoinedRun,
  about: { readonly runId: string; readonly archparity: string },
): RunStarted {
  const [first] = records;
  if (first === undefined) throw new TypeError('nothing to merge');
  const { cwd } = first.start;
  const starts = records.map(({ start }) => start);
  const plans = new Map(
    starts.flatMap(({ plan }) => (plan === undefined ? [] : [[plan.fingerprint, plan] as const])),
  );
  const [plan, ...otherPlans] = plans.values();
  return {
    type: 'run-started',
    recordVersion: RECORD_VERSION,
    runId: about.runId,
    at: starts.map(({ at }) => at).sort()[0] ?? first.start.at,
    archparity: about.archparity,
    argv: mergeWords(records, [
      ...new Set(lanes.flatMap((lane) => (lane.isReferee ? [] : lane.recordedId))),
    ]),
    cwd,
    host: uniteWords(starts.map(({ host }) => host)),
    suites: [
      ...new Map(
        starts
          .toReversed()
          .flatMap(({ suites, cwd: from }) =>
            suites.map(({ name, file }) => [name, { name, file: rebasePath(file, from, cwd) }]),
          ),
      ).values(),
    ].toReversed(),
    caseCount,
    attemptCount: starts.reduce((sum, { attemptCount }) => sum + attemptCount, 0),
    strict: starts.some(({ strict }) => strict),
    // What is whole can be merged with more, by its plan.
    ...(plan === undefined || otherPlans.length > 0 || gaps.length > 0 ? {} : { plan }),
    merged: records.map(describeRun),
  };
}

function describeRun({ start, lanes }: RecordSurvey): MergedRun {
  const { runId, at, host, shard } = start;
  return {
    runId,
    at,
    host,
    ...(shard === undefined ? {} : { shard }),
    lanes: lanes.map(({ info }) => info.id),
  };
}

/** A path of one machine as that of another where both have the same below their directories. */
export function rebasePath(file: string, from: string, to: string): string {
  const inside = relative(from, file);
  const isBelow = isAbsolute(file) && inside !== '' && !inside.startsWith('..');
  return isBelow ? join(to, inside) : file;
}

function mergeWords(records: readonly RecordSurvey[], laneIds: readonly string[]): string[] {
  const [first] = records;
  const written = new Map(
    records.flatMap(({ start }) =>
      valuesOf(start.argv, '--lane').map((text) => [laneIdOf(text), text] as const),
    ),
  );
  const lanes = laneIds.map((id) => written.get(id) ?? id);
  const isDefault =
    written.size === 0 && records.every(({ lanes: own }) => own.length >= laneIds.length);
  return [
    ...withoutParts(first?.start.argv ?? []),
    ...(isDefault ? [] : lanes.flatMap((lane) => ['--lane', lane])),
  ];
}

function withoutParts(argv: readonly string[]): string[] {
  return argv.filter((word, at) => {
    const before = argv[at - 1];
    if (before !== undefined && OF_ONE_PART.includes(before)) return false;
    return !OF_ONE_PART.some((option) => word === option || word.startsWith(`${option}=`));
  });
}
