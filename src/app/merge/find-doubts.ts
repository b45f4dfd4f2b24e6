import { relative } from 'node:path';
import type { RunEvent } from '../../core/index.ts';
import { findDifferingSettings } from '../../judge/index.ts';
import { laneKey, type JoinedLane, type JoinedRun, type RecordSurvey } from '../../record/index.ts';

/** What makes a comparison of several machines doubtful, as warnings say it. */
type Doubt = Pick<Extract<RunEvent, { type: 'warning' }>, 'message' | 'advice'>;

/** Lanes that were not the same on all machines, and images and programs that were not. */
export function findDoubts({ records, lanes }: JoinedRun): readonly Doubt[] {
  return [
    ...lanes.flatMap((lane) => [
      ...findOtherSettings(records, lane),
      ...findOtherImages(records, lane),
    ]),
    ...findOtherBinaries(records),
  ];
}

function findOtherSettings(records: readonly RecordSurvey[], { info, key }: JoinedLane): Doubt[] {
  const [first, ...others] = records.flatMap((record) =>
    record.lanes.flatMap((lane) => (laneKey(lane.info) === key ? [lane.info] : [])),
  );
  if (first === undefined) return [];
  const words = others
    .flatMap((other) => findDifferingSettings(first, other))
    .map((one) => one.words);
  if (words.length === 0) return [];
  return [
    {
      message: `the lane ${info.id} was not the same on all machines: ${[...new Set(words)].join(', ')}`,
      advice: 'Differences between cases of several machines may follow from it.',
    },
  ];
}

/** Programs of one place below the directory of the run that are not the same bytes. */
function findOtherBinaries(records: readonly RecordSurvey[]): Doubt[] {
  const all = records.flatMap(({ binaries, start }) =>
    binaries.map((binary) => ({ ...binary, name: relative(start.cwd, binary.path) })),
  );
  const byName = Map.groupBy(all, ({ platform, name }) => `${name} (${platform})`);
  return [...byName].flatMap(([name, found]) => {
    const sums = new Set(found.map(({ sha256 }) => sha256.slice(0, 12)));
    if (sums.size < 2) return [];
    return [
      {
        message: `the program ${name} was not the same on all machines: ${[...sums].sort().join(', ')}`,
        advice: 'Build it once, and give the same file to all machines.',
      },
    ];
  });
}

function findOtherImages(records: readonly RecordSurvey[], { info, key }: JoinedLane): Doubt[] {
  const images = records.flatMap((record) => {
    const own = record.lanes.find((lane) => laneKey(lane.info) === key)?.info.id;
    return record.images.filter(({ laneId }) => laneId === own);
  });
  const byName = Map.groupBy(images, ({ reference }) => reference.split('/').at(-1) ?? reference);
  return [...byName].flatMap(([name, found]) => {
    const digests = new Set(found.flatMap(({ digest }) => digest ?? []));
    if (digests.size < 2) return [];
    return [
      {
        message: `the image ${name} was not the same for ${info.id} on all machines: ${[...digests].sort().join(', ')}`,
        advice: 'Name the image by its digest, or build it once for all machines.',
      },
    ];
  });
}
