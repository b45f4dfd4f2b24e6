import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  CaseDefinition,
  CaseResult,
  LaneInfo,
  LaneResult,
} from '../../../../src/core/index.ts';
import { judgeJoined, type ReadSource } from '../../../../src/app/merge/judge-joined.ts';
import { judgeCase } from '../../../../src/judge/index.ts';
import { joinRecords, type RecordSurvey } from '../../../../src/record/index.ts';
import { define, judge, observe, onLane } from '../../report/make-result.ts';
import { AMD64, ARM64, EMULATED, survey, VM } from '../../record/merge/surveys.ts';

const CASE = define('s', 'a');
const PLAN = { fingerprint: 'p', caseCount: 1 };

interface Recorded {
  readonly lanes: readonly LaneInfo[];
  readonly referees?: readonly LaneInfo[];
  readonly results: Readonly<Record<string, LaneResult>>;
  readonly definition?: CaseDefinition;
  readonly verdict?: CaseResult['verdict'];
}

/** Judges the case of several records as a merge does. */
function merge(...recorded: readonly Recorded[]): CaseResult {
  const results = new Map<RecordSurvey, CaseResult>();
  const records = recorded.map(({ lanes, referees, results: ran, definition, verdict }, at) => {
    const record = survey(`${at}.ndjson`, {
      lanes,
      cases: { 's/a': 0 },
      start: { plan: PLAN, cwd: `/machine/${at}` },
      ...(referees === undefined ? {} : { referees }),
    });
    results.set(record, judge(definition ?? CASE, verdict ?? 'match', { lanes: ran }));
    return record;
  });
  const run = joinRecords(records);
  const sources = (run.cases[0]?.sources ?? []).flatMap((source): ReadSource[] => {
    const result = results.get(source.record);
    return result === undefined ? [] : [{ ...source, result }];
  });
  const comparisonWanted = run.lanes.filter(({ isReferee }) => !isReferee).length > 1;
  return judgeJoined(sources, run.lanes, {
    today: '2026-11-24',
    comparisonWanted,
    cwd: run.records[0]?.start.cwd ?? '',
  });
}

const said = (text: string): LaneResult => onLane('match', observe(text));
const amd64 = { lanes: [AMD64], results: { native: said('signed\n') } };

describe('judgeJoined', () => {
  it('compares what two machines did, which compared nothing by themselves', () => {
    const same = merge(amd64, { lanes: [ARM64], results: { native: said('signed\n') } });
    expect(same.verdict).toBe('match');
    expect(Object.keys(same.lanes)).toEqual(['native@amd64', 'native@arm64']);

    const other = merge(amd64, { lanes: [ARM64], results: { native: said('unsigned\n') } });
    expect(other).toMatchObject({
      verdict: 'diverged',
      cause: 'architecture',
      referee: { lane: 'native@arm64', cpu: 'hardware' },
    });
    expect(other.differences[0]?.between).toEqual(['native@amd64', 'native@arm64']);
    expect(other.reasoning).toContain('nothing was emulated');
  });

  it('lets a native arm64 machine judge the emulator of another machine', () => {
    const emulated = { ...amd64, lanes: [AMD64, EMULATED] };
    const results = { native: said('signed\n'), emulated: said('unsigned\n') };
    const right = { lanes: [ARM64], results: { native: said('signed\n') } };
    expect(merge({ ...emulated, results }, right)).toMatchObject({
      verdict: 'diverged',
      cause: 'emulator',
      wrongLane: 'emulated',
      referee: { lane: 'native@arm64', cpu: 'hardware' },
    });
  });

  it('judges lanes of any division over machines as those of one', () => {
    const lanes = [AMD64, EMULATED, VM];
    const output = fc.constantFrom('a\n', 'b\n');
    const ends = fc.constantFrom(
      { termination: { kind: 'exit', code: 0 } } as const,
      { termination: { kind: 'signal', signal: 'SIGABRT' } } as const,
      { termination: { kind: 'timeout', deadlineMs: 10 } } as const,
      { termination: { kind: 'not-started', errno: 'ENOENT', message: 'no' } } as const,
    );
    const seen = fc.array(fc.tuple(output, ends), { minLength: 1, maxLength: 2 });
    const checked = fc.constantFrom({}, { exit: 0 }, { stdout: { contains: 'a' } });
    fc.assert(
      fc.property(
        fc.tuple(seen, seen, seen),
        fc.tuple(...lanes.map(() => fc.nat({ max: 2 }))),
        checked,
        (attempts, machines, expected) => {
          const definition = define('s', 'a', { expect: expected });
          const all = lanes.map((info, at) => ({
            info,
            attempts: (attempts[at] ?? []).map(([text, more], number) => ({
              number: number + 1,
              observation: observe(text, more),
            })),
          }));
          const judgeOf = (some: typeof all): CaseResult =>
            judgeCase(definition, some, {
              today: '2026-11-24',
              comparisonWanted: some.length > 1,
            });
          const recorded = [...new Set(machines)].map((machine): Recorded => {
            const own = all.filter((_, at) => machines[at] === machine);
            const { lanes: results, verdict } = judgeOf(own);
            return { lanes: own.map(({ info }) => info), results, verdict, definition };
          });
          fc.pre(recorded.length > 1);
          const { definition: _joined, ...merged } = merge(...recorded);
          const { definition: _whole, ...whole } = judgeOf(all);
          expect(merged).toEqual(whole);
        },
      ),
      // Each compares three lanes twice.
      { numRuns: 40 },
    );
  });

  it('says that a case cannot be compared which only one of two machines has', () => {
    const record = survey('0.ndjson', { lanes: [AMD64], cases: { 's/a': 0 } });
    const arm = survey('1.ndjson', { lanes: [ARM64], cases: { 's/b': 0 } });
    const run = joinRecords([record, arm]);
    const sources = (run.cases.find(({ id }) => id === 's/a')?.sources ?? []).map((source) => ({
      ...source,
      result: judge(CASE, 'match', { lanes: amd64.results }),
    }));
    const options = { today: '2026-11-24', comparisonWanted: true, cwd: '/' };
    expect(judgeJoined(sources, run.lanes, options)).toMatchObject({
      verdict: 'unsupported',
      reason: 'only native@amd64 could be compared',
    });
  });

  it('lets the judgement stand of a machine that had all lanes', () => {
    const recorded = {
      lanes: [AMD64, EMULATED],
      results: { native: said('one\n'), emulated: said('two\n') },
      verdict: 'flaky',
    } as const;
    expect(merge(recorded).verdict).toBe('flaky');
  });

  it('does not ask checks again that passed before a secret was taken out', () => {
    const definition = define('s', 'a', { expect: { stdout: { matches: '^[0-9a-f]{8}$' } } });
    const redacted = said('[redacted]');
    const result = merge(
      { lanes: [AMD64], results: { native: redacted }, definition },
      { lanes: [VM], results: { vm: redacted }, definition },
    );
    expect(result.verdict).toBe('match');
  });

  it('takes the run of a lane, not what it was asked as a referee', () => {
    const asked = {
      lanes: [AMD64, EMULATED],
      referees: [VM],
      results: { native: said('a\n'), emulated: said('b\n'), vm: said('asked\n') },
      verdict: 'diverged',
    } as const;
    const result = merge(asked, { lanes: [VM], results: { vm: said('b\n') } });
    expect(result).toMatchObject({ cause: 'architecture', referee: { lane: 'vm' } });
    expect(result.lanes['vm']?.attempts).toEqual(said('b\n').attempts);
  });

  it('has the binaries of all machines, and the place in the suite below one directory', () => {
    const binary = (at: number, platform: 'linux/amd64' | 'linux/arm64'): CaseDefinition =>
      define('s', 'a', {
        subject: { kind: 'binary', paths: { [platform]: `/machine/${at}/app` } },
        position: { file: `/machine/${at}/suites/s.yaml`, line: 3, column: 1 },
      });
    const result = merge(
      { ...amd64, definition: binary(0, 'linux/amd64') },
      { lanes: [ARM64], results: amd64.results, definition: binary(1, 'linux/arm64') },
    );
    expect(result.definition).toMatchObject({
      position: { file: '/machine/0/suites/s.yaml' },
      subject: { paths: { 'linux/amd64': '/machine/0/app', 'linux/arm64': '/machine/1/app' } },
    });
  });
});
