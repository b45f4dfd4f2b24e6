import { appendFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RecordLines, surveyRecord } from '../../../src/record/index.ts';
import {
  define,
  endRun,
  judge,
  LANES,
  observe,
  onLane,
  startRun,
  tellCase,
  timeAt,
} from '../report/make-result.ts';
import { useTempDirectory, writeEvents } from './record-files.ts';

const path = useTempDirectory();
const at = timeAt(1);

const DONE = judge(define('s', 'done'), 'diverged', {
  lanes: {
    native: onLane('match', observe('out\n')),
    emulated: onLane('unsupported', [{ number: 1, unsupported: 'it cannot' }]),
    vm: onLane('skipped', []),
  },
});
const BEGUN = tellCase(judge(define('s', 'begun'), 'match', { lanes: {} }), 5).slice(0, 1);

describe('surveyRecord', () => {
  it('knows what is in a record that was cut, and where', async () => {
    const file = path('cut.ndjson');
    const [native, , vm] = LANES;
    if (native === undefined || vm === undefined) throw new Error('there are no lanes');
    await writeEvents(file, [
      startRun({ shard: { index: 1, count: 2 } }),
      { type: 'lane-opened', at, lane: native },
      { type: 'lane-opened', at, lane: vm, role: 'referee' },
      { type: 'warning', at, message: 'beware' },
      ...tellCase(DONE, 5).map((event) =>
        event.type === 'case-started' ? { ...event, place: 7 } : event,
      ),
      ...BEGUN,
    ]);
    appendFileSync(file, '{"type":"attempt-fin');
    const survey = await surveyRecord(file);
    expect(survey.start.shard).toEqual({ index: 1, count: 2 });
    expect(survey.lanes.map(({ info, isReferee }) => [info.id, isReferee])).toEqual([
      ['native', false],
      ['vm', true],
    ]);
    // What the reader says of the cut is no warning of the run.
    expect(survey.warnings.map(({ message }) => message)).toEqual(['beware']);
    expect(survey.end).toBeUndefined();
    expect([...survey.cases.keys()]).toEqual(['s/done', 's/begun']);
    expect(survey.cases.get('s/begun')?.finished).toBeUndefined();
    const done = survey.cases.get('s/done');
    expect(done).toMatchObject({ place: 7, finished: { verdict: 'diverged', failed: true } });
    expect(Object.fromEntries(done?.finished?.lanes ?? [])).toEqual({
      native: 'ran',
      emulated: 'unsupported',
      vm: 'nothing',
    });
    const lines = new RecordLines(file);
    expect(lines.readCase(done?.finished?.places ?? []).result).toEqual(DONE);
    lines.close();
  });

  it('refuses an empty record, one of a bench, and one that does not say what a case does', async () => {
    writeFileSync(path('empty.ndjson'), '');
    await writeEvents(path('bench.ndjson'), [startRun({ benchCount: 2 }), endRun({})]);
    await writeEvents(path('foreign.ndjson'), [startRun(), ...tellCase(DONE, 5)]);
    const { fixtures: _left, ...rest } = DONE.definition;
    appendFileSync(
      path('foreign.ndjson'),
      `${JSON.stringify({ type: 'case-finished', at, result: { ...DONE, definition: rest } })}\n`,
    );
    for (const [name, code] of [
      ['empty', 'RECORD_EMPTY'],
      ['bench', 'RECORD_OF_BENCH'],
      ['foreign', 'RECORD_INVALID'],
    ] as const)
      await expect(surveyRecord(path(`${name}.ndjson`))).rejects.toMatchObject({
        code,
        exitCode: 2,
      });
  });
});
