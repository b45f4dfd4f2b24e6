import { type LaneInfo, type LaneKind, shortPlatform } from '../../core/index.ts';
import type { RecordSurvey } from '../survey-record.ts';
import { mergeChains } from './merge-chains.ts';

/** A lane of a merged run: one id and platform, on however many machines. */
export interface JoinedLane {
  /** With the id that it has in the merged run. */
  readonly info: LaneInfo;
  /** What makes it one with lanes of the records. */
  readonly key: string;
  /** Its id in the records. */
  readonly recordedId: string;
  /** It was a referee wherever it was. */
  readonly isReferee: boolean;
  /** It could be opened somewhere. */
  readonly isOpen: boolean;
}

interface LaneOfRecord {
  readonly info: LaneInfo;
  readonly isReferee: boolean;
  readonly isOpen: boolean;
}

/** Kinds of lanes, in the order in which people list them. */
export const LANE_KINDS: readonly LaneKind[] = ['native', 'emulated', 'vm', 'ssh'];

/** What makes lanes of several records one. */
export function laneKey({
  id,
  kind,
  platform,
}: Pick<LaneInfo, 'id' | 'kind' | 'platform'>): string {
  return JSON.stringify([id, kind, platform]);
}

/** All lanes of a record of which it is known what they are. */
export function listLanes(record: RecordSurvey): readonly LaneOfRecord[] {
  const opened = record.lanes.map(({ info, isReferee }) => ({ info, isReferee, isOpen: true }));
  const failed = record.failedLanes.flatMap(({ lane, isReferee }) =>
    lane === undefined ? [] : [{ info: lane, isReferee, isOpen: false }],
  );
  return [...opened, ...failed];
}

/**
 * The lanes of all records, in the order that they have in these, referees last. An id that stands for
 * several platforms (`native` of an amd64 and of an arm64 machine) gets the platform added: `native@arm64`.
 */
export function joinLanes(records: readonly RecordSurvey[]): readonly JoinedLane[] {
  const all = records.flatMap(listLanes);
  const byKey = Map.groupBy(all, ({ info }) => laneKey(info));
  const names = nameLanes([...byKey.values()].flatMap(([one]) => one?.info ?? []));
  const firstOf = (key: string): LaneInfo | undefined => byKey.get(key)?.[0]?.info;
  const order = mergeChains(
    records.map((record) => listLanes(record).map(({ info }) => laneKey(info))),
    (one, other) => compareLanes(firstOf(one), firstOf(other)),
  );
  const joined = order.flatMap((key): JoinedLane[] => {
    const found = byKey.get(key) ?? [];
    // What a machine could not give says nothing about the lane that others had.
    const opened = found.filter(({ isOpen }) => isOpen);
    const info = uniteInfos((opened.length > 0 ? opened : found).map((one) => one.info));
    if (info === undefined) return [];
    return [
      {
        info: { ...info, id: names.get(key) ?? info.id },
        key,
        recordedId: info.id,
        isReferee: found.every(({ isReferee }) => isReferee),
        isOpen: opened.length > 0,
      },
    ];
  });
  return [
    ...joined.filter(({ isReferee }) => !isReferee),
    ...joined.filter(({ isReferee }) => isReferee),
  ];
}

/** Lanes of one id are told apart by their platform, and by their kind where that does not. */
function nameLanes(lanes: readonly LaneInfo[]): ReadonlyMap<string, string> {
  const countBy = (nameOf: (lane: LaneInfo) => string): ReadonlyMap<string, unknown[]> =>
    Map.groupBy(lanes, nameOf);
  const withPlatform = ({ id, platform }: LaneInfo): string => `${id}@${shortPlatform(platform)}`;
  const ids = countBy(({ id }) => id);
  const longer = countBy(withPlatform);
  return new Map(
    lanes.map((lane) => {
      const isUnique = (ids.get(lane.id)?.length ?? 0) <= 1;
      const isTold = (longer.get(withPlatform(lane))?.length ?? 0) <= 1;
      const name = withPlatform(lane);
      return [laneKey(lane), isUnique ? lane.id : isTold ? name : `${name}-${lane.kind}`];
    }),
  );
}

/** Kinds as the help lists them, amd64 first; whatever is left is decided by the id. */
function compareLanes(one: LaneInfo | undefined, other: LaneInfo | undefined): number {
  if (one === undefined || other === undefined) return 0;
  return (
    LANE_KINDS.indexOf(one.kind) - LANE_KINDS.indexOf(other.kind) ||
    compareTexts(one.platform, other.platform) ||
    compareTexts(one.id, other.id)
  );
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** One description of a lane that may have been another on each machine: what differs is said together. */
function uniteInfos(infos: readonly LaneInfo[]): LaneInfo | undefined {
  const [first, ...others] = infos;
  if (first === undefined || others.length === 0) return first;
  return {
    ...first,
    capabilities: first.capabilities.filter((one) =>
      others.every(({ capabilities }) => capabilities.includes(one)),
    ),
    fingerprint: uniteWords(infos.map(({ fingerprint }) => fingerprint)),
    mode: uniteTexts(infos.map(({ mode }) => mode)),
    // As a judge a lane is no better than on the worst of its machines.
    referee: {
      kernel: infos.every(({ referee }) => referee.kernel === 'real') ? 'real' : 'borrowed',
      cpu: infos.every(({ referee }) => referee.cpu === 'hardware') ? 'hardware' : 'tcg',
    },
  };
}

/** Words by their names, those of several machines as `ONE | OTHER`, whatever the order of the machines. */
export function uniteWords(
  all: readonly Readonly<Record<string, string>>[],
): Readonly<Record<string, string>> {
  const names = [...new Set(all.flatMap((words) => Object.keys(words)))];
  return Object.fromEntries(
    names.map((name) => [name, uniteTexts(all.flatMap((words) => words[name] ?? []))]),
  );
}

function uniteTexts(texts: readonly string[]): string {
  return [...new Set(texts)].sort(compareTexts).join(' | ');
}
