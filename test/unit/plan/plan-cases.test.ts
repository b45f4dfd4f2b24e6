import { describe, expect, it } from 'vitest';
import { ArchParityError } from '../../../src/core/index.ts';
import { parseFilter, planCases } from '../../../src/plan/index.ts';
import { EMULATED, makeCase, makeSuite, NATIVE } from './make-case.ts';

const LANES = [NATIVE, EMULATED];
const RUN = { kind: 'run', notes: [] };

describe('planCases', () => {
  it('plans every case on every lane, in the order of the suites', () => {
    const suites = [
      makeSuite([makeCase({ name: 'b' }), makeCase({ name: 'a' })]),
      makeSuite([makeCase({ suite: 'r' })]),
    ];
    const { cases } = planCases({ suites, lanes: LANES, filters: [] });
    expect(cases.map(({ definition }) => definition.id)).toEqual(['s/b', 's/a', 'r/c']);
    expect(cases[0]?.lanes).toEqual([
      { laneId: 'native', decision: RUN },
      { laneId: 'q10', decision: RUN },
    ]);
  });

  it('leaves out cases and lanes for which no filter holds', () => {
    const suites = [makeSuite([makeCase({ name: 'a', tags: ['abi'] }), makeCase({ name: 'b' })])];
    const plan = (...filters: string[]) =>
      planCases({ suites, lanes: LANES, filters: filters.map(parseFilter) }).cases.map(
        ({ definition, lanes }) => [definition.name, ...lanes.map(({ decision }) => decision.kind)],
      );
    expect(plan('tag(abi)')).toEqual([['a', 'run', 'run']]);
    expect(plan('tag(abi) & lane(emulated)')).toEqual([['a', 'skipped', 'run']]);
    expect(plan('tag(abi) & lane(native)', 's/b')).toEqual([
      ['a', 'run', 'skipped'],
      ['b', 'run', 'run'],
    ]);
    expect(plan('nothing')).toEqual([]);
  });

  it('refuses a duplicate id and names both places', () => {
    const position = { file: 'b.yaml', line: 7, column: 5 };
    const suites = [
      makeSuite([makeCase()], '/a.yaml'),
      makeSuite([makeCase({ position })], '/b.yaml'),
    ];
    const plan = () => planCases({ suites, lanes: LANES, filters: [] });
    expect(plan).toThrow(ArchParityError);
    expect(plan).toThrow(
      expect.objectContaining({
        code: 'CASE_ID_DUPLICATE',
        exitCode: 2,
        message: 'Two cases have one id: the case id "s/c" is taken.',
        diagnostics: [
          { position, message: 'the case id "s/c" is taken', hint: 'the other is at /a.yaml' },
        ],
      }),
    );
  });

  it('refuses a shard that does not exist', () => {
    expect(() =>
      planCases({ suites: [], lanes: [], filters: [], shard: { index: 3, count: 2 } }),
    ).toThrow(expect.objectContaining({ code: 'SHARD_INVALID', exitCode: 2 }));
  });
});
