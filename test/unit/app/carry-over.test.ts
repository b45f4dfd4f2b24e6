import { describe, expect, it } from 'vitest';
import { carryOver } from '../../../src/app/carry-over.ts';
import type { PreparedSubjects } from '../../../src/app/unchanged-inputs.ts';
import type { CaseDefinition, OpenedImage, RunEvent } from '../../../src/core/index.ts';
import { surveyRecord } from '../../../src/record/index.ts';
import { useTempDirectory, writeEvents } from '../record/record-files.ts';
import {
  define,
  judge,
  LANES,
  observe,
  onLane,
  startRun,
  tellCase,
} from '../report/make-result.ts';

const path = useTempDirectory();
const RUN_ON = LANES.filter(({ id }) => id !== 'vm');
const SPEC = { id: 'vm', kind: 'vm', settings: { pages: '16k' } } as const;
const REFERENCE = 'oci:build/app:1.2';

const image = (laneId: string, digest?: string): OpenedImage => ({
  laneId,
  reference: REFERENCE,
  ...(digest === undefined ? {} : { digest }),
});
const IMAGES = [image('native', 'sha256:1'), image('emulated', 'sha256:2')];

/** A record of a case for which the lane `vm` was asked. */
async function writeRecord(name: string, images: readonly OpenedImage[]): Promise<string> {
  const seen = onLane('match', observe('one'));
  const result = judge(define('app', 'one'), 'match', {
    lanes: { native: seen, emulated: seen, vm: seen },
  });
  const at = startRun().at;
  await writeEvents(path(name), [
    startRun(),
    ...RUN_ON.map((lane): RunEvent => ({ type: 'lane-opened', at, lane })),
    ...images.map((one): RunEvent => ({ type: 'image-opened', at, image: one })),
    ...LANES.slice(-1).map((lane): RunEvent => ({
      type: 'lane-opened',
      at,
      lane,
      role: 'referee',
      spec: SPEC,
    })),
    ...tellCase(result, 10),
  ]);
  return path(name);
}

/** What a run tells of that case that has these images now. */
async function resume(
  record: string,
  subjects: Partial<PreparedSubjects> = {},
  more: Partial<CaseDefinition> = {},
) {
  const definition: CaseDefinition = define('app', 'one', more);
  const decision = { kind: 'run', notes: [] } as const;
  const lanes = RUN_ON.map(({ id }) => ({ laneId: id, decision }));
  const events: RunEvent[] = [];
  const carried = await carryOver(
    { cases: [{ definition, place: 0, lanes }], whole: [definition] },
    { record: await surveyRecord(record), repeatsFailed: false, onCarried: () => undefined },
    {
      listener: (event) => void events.push(event),
      redactCase: (one) => one,
      takePlace: () => undefined,
      lanes: RUN_ON,
      subjects: { images: IMAGES, binaries: [], ...subjects },
      strict: false,
      now: () => new Date(),
    },
  );
  return { carried, events };
}

describe('carryOver', () => {
  it('tells of the lanes that were asked, so that what it writes can be carried over again', async () => {
    let record = await writeRecord('first.ndjson', IMAGES);
    for (const name of ['second.ndjson', 'third.ndjson']) {
      const { carried, events } = await resume(record);
      expect(carried.plan.cases).toEqual([]);
      expect([...carried.carried.ids]).toEqual(['vm']);
      const opened = events.filter(({ type }) => type === 'lane-opened');
      expect(opened).toMatchObject([{ lane: { id: 'vm' }, role: 'referee', spec: SPEC }]);
      const at = startRun().at;
      record = path(name);
      await writeEvents(record, [
        startRun(),
        ...RUN_ON.map((lane): RunEvent => ({ type: 'lane-opened', at, lane })),
        ...IMAGES.map((one): RunEvent => ({ type: 'image-opened', at, image: one })),
        ...events,
      ]);
    }
  });

  it.each([
    [
      'is another on one lane',
      IMAGES,
      [image('native', 'sha256:1'), image('emulated', 'sha256:3')],
    ],
    ['was not noted', [], IMAGES],
    ['is on one lane only', IMAGES, IMAGES.slice(0, 1)],
    ['has no digest', [image('native'), image('emulated')], [image('native'), image('emulated')]],
  ])('leaves a case whose image %s', async (what, before, images) => {
    const { carried } = await resume(await writeRecord(`${what}.ndjson`, before), { images });
    expect(carried.plan.cases).toHaveLength(1);
  });

  it('takes over a case that came into quarantine since', async () => {
    const record = await writeRecord('quarantine.ndjson', IMAGES);
    const quarantine = { until: '9999-12-31', reason: 'why' };
    const { carried, events } = await resume(record, {}, { quarantine });
    expect(carried.plan.cases).toEqual([]);
    const finished = events.find((event) => event.type === 'case-finished');
    expect(finished?.result).toMatchObject({ quarantined: true, definition: { quarantine } });
    const [other] = (await resume(record)).events.filter(({ type }) => type === 'case-finished');
    expect(other).not.toHaveProperty('result.quarantined');
  });
});
