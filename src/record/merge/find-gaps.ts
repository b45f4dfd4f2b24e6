import { ArchParityError, ExitCode, type RecordedShard } from '../../core/index.ts';
import type { RecordSurvey } from '../survey-record.ts';
import { laneKey, listLanes } from './join-lanes.ts';

/** The shards of one plan on the same lanes. */
interface ShardGroup {
  readonly count: number;
  /** The ids of its lanes, for people. */
  readonly lanes: string;
  readonly byIndex: ReadonlyMap<number, RecordSurvey>;
}

/** The part of its plan that a record is; all of it is `1/1`. */
function shardOf({ start }: RecordSurvey): RecordedShard {
  return start.shard ?? { index: 1, count: 1 };
}

/** What the shards that belong together have in common. */
function groupKey(record: RecordSurvey): string {
  const { start } = record;
  const { count, timings } = shardOf(record);
  const lanes = listLanes(record).filter(({ isReferee }) => !isReferee);
  return JSON.stringify([
    // Records of older versions do not know their plan.
    start.plan?.fingerprint ?? start.suites.map(({ name }) => name),
    count,
    timings,
    lanes.map(({ info }) => laneKey(info)).sort(),
  ]);
}

/**
 * Groups records into shards that belong together.
 * @throws ArchParityError `MERGE_SHARD_DOUBLED` (exit 3)
 */
function groupShards(records: readonly RecordSurvey[]): readonly ShardGroup[] {
  return [...Map.groupBy(records, groupKey).values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const byIndex = new Map<number, RecordSurvey>();
    for (const record of members) {
      const { index } = shardOf(record);
      const other = byIndex.get(index);
      if (other !== undefined) throw doubled(other, record);
      byIndex.set(index, record);
    }
    return [{ count: shardOf(first).count, lanes: namesOf(first), byIndex }];
  });
}

function namesOf(record: RecordSurvey): string {
  return listLanes(record)
    .filter(({ isReferee }) => !isReferee)
    .map(({ info }) => info.id)
    .join(', ');
}

function doubled(one: RecordSurvey, other: RecordSurvey): ArchParityError {
  const { index, count } = shardOf(one);
  const what =
    count === 1 ? `The run on ${namesOf(one)}` : `The shard ${index}/${count} on ${namesOf(one)}`;
  const isSame = one.start.runId === other.start.runId && one.start.at === other.start.at;
  const files = [one.file, other.file].sort().join(' and ');
  return new ArchParityError({
    code: 'MERGE_SHARD_DOUBLED',
    message: `${what} is there twice: ${files}${isSame ? ' are records of one run' : ''}.`,
    advice: 'Leave one of them out.',
    exitCode: ExitCode.environment,
  });
}

/** Something that a merged run lacks, as a warning says it. */
export interface MergeGap {
  readonly message: string;
  readonly advice: string;
}

/**
 * Says what records lack to be a whole run: shards that are not there, and cases that were not finished.
 * @throws ArchParityError `MERGE_SHARD_DOUBLED` (exit 3)
 */
export function findGaps(records: readonly RecordSurvey[]): readonly MergeGap[] {
  return [...groupShards(records).flatMap(findMissingShards), ...records.flatMap(findUnfinished)];
}

function findMissingShards({ count, lanes, byIndex }: ShardGroup): readonly MergeGap[] {
  const missing = Array.from({ length: count }, (_, at) => at + 1).filter(
    (index) => !byIndex.has(index),
  );
  return missing.map((index) => ({
    message: `the shard ${index}/${count} on ${lanes} is missing`,
    advice: 'Give its record, too.',
  }));
}

function findUnfinished(record: RecordSurvey): readonly MergeGap[] {
  const { file, start, end, cases } = record;
  const finished = [...cases.values()].filter((one) => one.finished !== undefined).length;
  const left = start.caseCount - finished;
  if (left <= 0 && end !== undefined && !end.interrupted) return [];
  const why =
    end === undefined ? 'was killed' : end.interrupted ? 'was interrupted' : 'stopped early';
  const what = left > 0 ? `${left} of its ${start.caseCount} cases are not there` : 'all were run';
  return [
    {
      message: `the run of ${file} ${why}: ${what}`,
      advice: 'Run what is left with archparity test --resume, and give that record instead.',
    },
  ];
}
