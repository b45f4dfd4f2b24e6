import {
  ArchParityError,
  ExitCode,
  type OpenedBinary,
  type OpenedImage,
} from '../../core/index.ts';
import type { FinishedCase, RecordSurvey, SurveyedFailure } from '../survey-record.ts';
import { findGaps, type MergeGap } from './find-gaps.ts';
import { joinLanes, LANE_KINDS, laneKey, listLanes, type JoinedLane } from './join-lanes.ts';
import { mergeChains } from './merge-chains.ts';

/** What one record has of a case. */
export interface CaseSource {
  readonly record: RecordSurvey;
  readonly finished: FinishedCase;
  /** The ids of its lanes in the merged run, by their ids in the record. */
  readonly laneIds: ReadonlyMap<string, string>;
  /** The lanes of the record that were asked only because others differed. */
  readonly referees: ReadonlySet<string>;
}

/** A case with all that records have of it. */
export interface JoinedCase {
  readonly id: string;
  readonly place?: number;
  /** At least one. */
  readonly sources: readonly CaseSource[];
}

/** Several records as one run. */
export interface JoinedRun {
  /** In an order that does not depend on that in which they were given. */
  readonly records: readonly RecordSurvey[];
  readonly lanes: readonly JoinedLane[];
  /** By the ids that lanes have in the merged run. */
  readonly failedLanes: readonly SurveyedFailure[];
  readonly images: readonly OpenedImage[];
  readonly binaries: readonly OpenedBinary[];
  /** In the order of the plan. */
  readonly cases: readonly JoinedCase[];
  /** All that there should be. */
  readonly caseCount: number;
  /** What is missing. */
  readonly gaps: readonly MergeGap[];
}

/**
 * Joins records of machines, lanes and architectures into one run. The order in which they are given means
 * nothing.
 * @throws ArchParityError `MERGE_SHARD_DOUBLED`, `MERGE_CASE_DOUBLED`, `MERGE_CASE_DIFFERS` (exit 3)
 */
export function joinRecords(given: readonly RecordSurvey[]): JoinedRun {
  const records = given.toSorted(compareRecords);
  const gaps = findGaps(records);
  const lanes = joinLanes(records);
  const sources = new Map<string, CaseSource[]>();
  const places = new Map<string, number>();
  for (const record of records) {
    const known = { record, laneIds: mapLaneIds(record, lanes), referees: refereesOf(record) };
    for (const { id, place, finished } of record.cases.values()) {
      if (place !== undefined) places.set(id, place);
      if (finished === undefined) continue;
      sources.set(id, [...(sources.get(id) ?? []), { ...known, finished }]);
    }
  }
  for (const [id, found] of sources) refuseUnfit(id, found);
  const plans = new Set(records.map(({ start }) => start.plan?.fingerprint));
  const cases = orderCases(records, places).flatMap((id): JoinedCase[] => {
    const found = sources.get(id);
    const place = plans.size === 1 ? places.get(id) : undefined;
    if (found === undefined) return [];
    return [{ id, sources: found, ...(place === undefined ? {} : { place }) }];
  });
  return {
    records,
    lanes,
    failedLanes: joinFailures(records, lanes),
    images: joinImages(records, lanes),
    binaries: joinBinaries(records),
    cases,
    caseCount: countCases(records, cases.length),
    gaps,
  };
}

/** By what they are, native amd64 first, and by their beginning where that is the same. */
function compareRecords(one: RecordSurvey, other: RecordSurvey): number {
  const keysOf = ({ start, lanes }: RecordSurvey): readonly (string | number)[] => [
    LANE_KINDS.indexOf(lanes[0]?.info.kind ?? 'native'),
    lanes[0]?.info.platform ?? '',
    start.shard?.count ?? 1,
    start.shard?.index ?? 1,
    lanes.map(({ info }) => laneKey(info)).join(' '),
    start.at,
    start.runId,
    JSON.stringify(start),
  ];
  const others = keysOf(other);
  for (const [at, key] of keysOf(one).entries()) {
    const against = others[at] ?? '';
    if (key !== against) return key < against ? -1 : 1;
  }
  return 0;
}

function mapLaneIds(
  record: RecordSurvey,
  lanes: readonly JoinedLane[],
): ReadonlyMap<string, string> {
  const byKey = new Map(lanes.map(({ key, info }) => [key, info.id]));
  return new Map(
    listLanes(record).map(({ info }) => [info.id, byKey.get(laneKey(info)) ?? info.id]),
  );
}

function refereesOf(record: RecordSurvey): ReadonlySet<string> {
  const referees = listLanes(record).filter(({ isReferee }) => isReferee);
  return new Set(referees.map(({ info }) => info.id));
}

/** A case is run once on each lane, and is the same case everywhere. */
function refuseUnfit(id: string, sources: readonly CaseSource[]): void {
  const [first, ...others] = sources;
  const other = others.find(({ finished }) => finished.digest !== first?.finished.digest);
  if (first !== undefined && other !== undefined) {
    throw unfit(
      'MERGE_CASE_DIFFERS',
      `The case "${id}" is not the same in ${filesOf([first, other])}.`,
      'Run the same suites, of one version, on all machines.',
    );
  }
  const seen = new Map<string, CaseSource>();
  for (const source of sources) {
    for (const [recorded, trace] of source.finished.lanes) {
      // Whom each machine asked is its own affair.
      if (trace !== 'ran' || source.referees.has(recorded)) continue;
      const lane = source.laneIds.get(recorded) ?? recorded;
      const before = seen.get(lane);
      if (before !== undefined) {
        throw unfit(
          'MERGE_CASE_DOUBLED',
          `The case "${id}" was run on ${lane} in ${filesOf([before, source])}.`,
          'Leave one of them out.',
        );
      }
      seen.set(lane, source);
    }
  }
}

function filesOf(sources: readonly CaseSource[]): string {
  return sources
    .map(({ record }) => record.file)
    .sort()
    .join(' and ');
}

function unfit(code: string, message: string, advice: string): ArchParityError {
  return new ArchParityError({ code, message, advice, exitCode: ExitCode.environment });
}

/** The order of the plan; of several plans one that agrees with each. */
function orderCases(
  records: readonly RecordSurvey[],
  places: ReadonlyMap<string, number>,
): readonly string[] {
  const placeOf = (id: string): number => places.get(id) ?? Number.MAX_SAFE_INTEGER;
  const chains = records.map(({ cases }) =>
    [...cases.values()]
      .toSorted((one, other) => (one.place ?? 0) - (other.place ?? 0))
      .map(({ id }) => id),
  );
  return mergeChains(
    chains,
    (one, other) => placeOf(one) - placeOf(other) || (one < other ? -1 : 1),
  );
}

function countCases(records: readonly RecordSurvey[], found: number): number {
  const plans = new Map(
    records.flatMap(({ start: { plan } }) =>
      plan === undefined ? [] : [[plan.fingerprint, plan.caseCount] as const],
    ),
  );
  const [whole = found, ...others] = plans.values();
  // Of several plans nobody knows how many cases they have in common.
  return others.length === 0 ? Math.max(whole, found) : Math.max(found, whole, ...others);
}

/** What could not be opened, each failure once. */
function joinFailures(
  records: readonly RecordSurvey[],
  lanes: readonly JoinedLane[],
): readonly SurveyedFailure[] {
  const byKey = new Map(lanes.map(({ key, info }) => [key, info.id]));
  const all = records.flatMap(({ failedLanes }) =>
    failedLanes.map((one): SurveyedFailure => {
      const { lane } = one;
      if (lane === undefined) return one;
      const id = byKey.get(laneKey(lane)) ?? lane.id;
      return { ...one, laneId: id, lane: { ...lane, id } };
    }),
  );
  const keyOf = ({ laneId, failure }: SurveyedFailure): string => JSON.stringify([laneId, failure]);
  return [...new Map(all.map((one) => [keyOf(one), one])).values()];
}

/** The programs of all machines; one that is the same on several, once. */
function joinBinaries(records: readonly RecordSurvey[]): readonly OpenedBinary[] {
  const all = records.flatMap(({ binaries }) => binaries);
  return [...new Map(all.map((binary) => [JSON.stringify(binary), binary])).values()];
}

/** The images of all lanes, in the order of the lanes. */
function joinImages(
  records: readonly RecordSurvey[],
  lanes: readonly JoinedLane[],
): readonly OpenedImage[] {
  const all = records.flatMap((record) => {
    const ids = mapLaneIds(record, lanes);
    return record.images.map((image) => ({
      ...image,
      laneId: ids.get(image.laneId) ?? image.laneId,
    }));
  });
  // Where an image lies on each machine does not make it another one.
  const keyOf = ({ laneId, digest, ...named }: OpenedImage): string =>
    JSON.stringify([laneId, digest ?? named]);
  const distinct = [...new Map(all.toReversed().map((image) => [keyOf(image), image])).values()];
  const rank = new Map(lanes.map(({ info }, at) => [info.id, at]));
  return distinct
    .toReversed()
    .toSorted((one, other) => (rank.get(one.laneId) ?? 0) - (rank.get(other.laneId) ?? 0));
}
