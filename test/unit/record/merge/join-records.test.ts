import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinRecords, type RecordSurvey } from '../../../../src/record/index.ts';
import { AMD64, ARM64, EMULATED, survey, VM, type SurveyParts } from './surveys.ts';

const PLAN = { fingerprint: 'p', caseCount: 6 };
const PARTS = [{ a: 0, d: 3 }, { c: 2 }, { b: 1, e: 4, f: 5 }];

function shard(index: number, more: SurveyParts = {}): RecordSurvey {
  return survey(`${index}.ndjson`, {
    cases: PARTS[index - 1] ?? {},
    ...more,
    start: {
      plan: PLAN,
      shard: { index, count: 3 },
      caseCount: Object.keys(PARTS[index - 1] ?? {}).length,
      ...more.start,
    },
  });
}

const whole = (file: string, more: SurveyParts = {}): RecordSurvey =>
  survey(file, {
    cases: { a: 0, b: 1, c: 2, d: 3, e: 4, f: 5 },
    ...more,
    start: { plan: PLAN, ...more.start },
  });

const SHARDS = [1, 2, 3].map((index) => shard(index));
const codeOf = (records: readonly RecordSurvey[]): unknown => {
  try {
    joinRecords(records);
    return undefined;
  } catch (error) {
    return error;
  }
};

describe('joinRecords', () => {
  it('has every case once, in the order of the plan, whatever the order of the records', () => {
    const records = [...SHARDS, whole('vm.ndjson', { lanes: [VM] })];
    fc.assert(
      fc.property(fc.shuffledSubarray(records, { minLength: records.length }), (given) => {
        const run = joinRecords(given);
        expect(run.cases.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
        expect(run.cases.map(({ place }) => place)).toEqual([0, 1, 2, 3, 4, 5]);
        expect(run.cases.every(({ sources }) => sources.length === 2)).toBe(true);
        expect(run.lanes.map(({ info }) => info.id)).toEqual(['native', 'emulated', 'vm']);
        expect(run).toMatchObject({ caseCount: 6, gaps: [] });
        expect(run.records).toEqual(joinRecords(records).records);
      }),
    );
  });

  it('gives an id of several platforms to each with its platform, amd64 first', () => {
    const run = joinRecords([
      whole('arm.ndjson', { lanes: [ARM64] }),
      whole('amd.ndjson', { lanes: [AMD64, EMULATED] }),
    ]);
    expect(run.lanes.map(({ info }) => [info.id, info.platform])).toEqual([
      ['native@amd64', 'linux/amd64'],
      ['native@arm64', 'linux/arm64'],
      ['emulated', 'linux/arm64'],
    ]);
    const ids = run.cases[0]?.sources.map(({ laneIds }) => [...laneIds.values()]);
    expect(ids?.flat().sort()).toEqual(['emulated', 'native@amd64', 'native@arm64']);
    expect(run.gaps).toEqual([]);
  });

  it('keeps the order of lanes that a run had, and puts referees last', () => {
    const own = [EMULATED, AMD64];
    const run = joinRecords([shard(1, { lanes: own, referees: [VM] }), shard(2, { lanes: own })]);
    expect(run.lanes.map(({ info, isReferee }) => [info.id, isReferee])).toEqual([
      ['emulated', false],
      ['native', false],
      ['vm', true],
    ]);
  });

  it('says in what a lane was not the same everywhere', () => {
    const other = { ...EMULATED, fingerprint: { ...EMULATED.fingerprint, qemu: '10.0.6' } };
    const run = joinRecords([shard(1), shard(2, { lanes: [AMD64, other] })]);
    expect(run.lanes[1]?.info.fingerprint['qemu']).toBe('10.0.6 | 7.2.22');
    expect(run.lanes[1]?.info.fingerprint['cpu']).toBe('neoverse-n1');
  });
});

describe('what is missing', () => {
  it('is named: a shard', () => {
    const { gaps, caseCount } = joinRecords([shard(3), shard(1)]);
    expect(gaps.map(({ message }) => message)).toEqual([
      'the shard 2/3 on native, emulated is missing',
    ]);
    expect(caseCount).toBe(6);
  });

  it('is named: a shard of some lanes, though others have all', () => {
    const { gaps } = joinRecords([...SHARDS, shard(1, { lanes: [VM] })]);
    expect(gaps.map(({ message }) => message)).toEqual([
      'the shard 2/3 on vm is missing',
      'the shard 3/3 on vm is missing',
    ]);
  });

  it.each<readonly [string, SurveyParts, string]>([
    [
      'killed',
      { unfinished: ['d'], wasKilled: true },
      'was killed: 1 of its 2 cases are not there',
    ],
    ['that stopped early', { unfinished: ['d'] }, 'stopped early: 1 of its 2 cases are not there'],
    ['killed at its very end', { wasKilled: true }, 'was killed: all were run'],
  ])('is named: what is left of a run %s', (_how, more, words) => {
    const { gaps, cases } = joinRecords([shard(1, more), shard(2), shard(3)]);
    expect(gaps.map(({ message }) => message)).toEqual([`the run of 1.ndjson ${words}`]);
    expect(cases).toHaveLength(more.unfinished === undefined ? 6 : 5);
  });

  it('counts shards that were divided by other times apart', () => {
    const { gaps } = joinRecords([
      shard(1),
      shard(2, { start: { shard: { index: 2, count: 3, timings: 't' } } }),
    ]);
    expect(gaps).toHaveLength(4);
  });
});

describe('what does not fit together', () => {
  it('is named: a shard that is there twice', () => {
    expect(codeOf([...SHARDS, { ...shard(2), file: 'again.ndjson' }])).toMatchObject({
      code: 'MERGE_SHARD_DOUBLED',
      exitCode: 3,
      message:
        'The shard 2/3 on native, emulated is there twice: 2.ndjson and again.ndjson are records of one run.',
    });
    const other = shard(2, { start: { runId: 'other' } });
    expect(codeOf([...SHARDS, { ...other, file: 'other.ndjson' }])).toMatchObject({
      message: 'The shard 2/3 on native, emulated is there twice: 2.ndjson and other.ndjson.',
    });
  });

  it('is named: a case that was run twice on a lane', () => {
    expect(codeOf([whole('a.ndjson'), whole('b.ndjson', { lanes: [EMULATED, VM] })])).toMatchObject(
      {
        code: 'MERGE_CASE_DOUBLED',
        exitCode: 3,
        message: 'The case "a" was run on emulated in a.ndjson and b.ndjson.',
      },
    );
  });

  it('is not a case that was left out on the other lane, or that referees were asked about', () => {
    const left = whole('b.ndjson', { lanes: [EMULATED, VM], trace: 'nothing' });
    expect(codeOf([whole('a.ndjson'), left])).toBeUndefined();
    const asked = SHARDS.map((record, at) =>
      shard(at + 1, { referees: [VM], start: record.start }),
    );
    expect(codeOf([...asked, whole('vm.ndjson', { lanes: [VM] })])).toBeUndefined();
  });

  it('is named: a case that is not the same everywhere', () => {
    const other = whole('vm.ndjson', { lanes: [VM], digests: { e: 'other' } });
    expect(codeOf([...SHARDS, other])).toMatchObject({
      code: 'MERGE_CASE_DIFFERS',
      exitCode: 3,
      message: 'The case "e" is not the same in 3.ndjson and vm.ndjson.',
    });
  });
});
