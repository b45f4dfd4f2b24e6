import { describe, expect, it } from 'vitest';
import type { CaseDefinition } from '../../../src/core/index.ts';
import { judgeCase } from '../../../src/judge/judge-case.ts';
import type { LaneAttempts } from '../../../src/judge/judge-lane.ts';
import {
  attempts,
  attemptsOf,
  defineCase,
  EMULATED,
  NATIVE,
  observe,
  TODAY,
  type Seen,
} from './judge-data.ts';

const unstarted = (errno: string): Seen => ({
  termination: { kind: 'not-started', errno, message: `exec app: ${errno}` },
});
const judge = (lanes: readonly LaneAttempts[], changes: Partial<CaseDefinition> = {}) =>
  judgeCase(defineCase(changes), lanes, { today: TODAY, comparisonWanted: true });

describe('a command that cannot be started', () => {
  it('anywhere is a mismatch on all lanes', () => {
    const errno = 'ENOENT';
    const actual = 'ENOENT: exec app: ENOENT';
    const { verdict, lanes } = judge([
      attempts(NATIVE, unstarted(errno)),
      attempts(EMULATED, unstarted(errno)),
    ]);
    const failure = { check: 'command starts', expected: 'started', actual };
    expect(verdict).toBe('mismatch');
    expect(lanes['native']).toMatchObject({ verdict: 'mismatch', failures: [failure] });
    expect(lanes['emulated']).toMatchObject({ verdict: 'mismatch', failures: [failure] });
  });

  it('on one lane is a difference', () => {
    const { verdict, lanes } = judge([
      attempts(NATIVE, 'a'),
      attempts(EMULATED, unstarted('ENOENT')),
    ]);
    expect(verdict).toBe('diverged');
    expect(lanes['emulated']?.failures).toEqual([]);
  });

  it('on the only lane that could try is a mismatch, whatever is compared', () => {
    const absent = attemptsOf(EMULATED, { unsupported: 'gone' });
    const lanes = [attempts(NATIVE, unstarted('ENOENT')), absent];
    expect(judge(lanes).verdict).toBe('mismatch');
    expect(judge(lanes, { compare: [] }).verdict).toBe('mismatch');
  });

  it('leaves alone a lane that has something else to say', () => {
    const setup = { ...observe('a'), setupFailure: 'exit 1: mkdir' };
    const broken = judge([
      attempts(NATIVE, unstarted('ENOENT')),
      attemptsOf(EMULATED, { observation: setup }),
    ]);
    expect(broken.lanes['native']?.verdict).toBe('mismatch');
    expect(broken.lanes['emulated']?.failures).toMatchObject([{ check: 'setup' }]);
    const infra = { infra: { code: 'LANE_BROKE', message: 'the lane broke' } };
    const { observation } = attempts(NATIVE, unstarted('ENOENT')).attempts[0] ?? {};
    if (observation === undefined) throw new Error('not observed');
    const sometimes = judge([
      attemptsOf(NATIVE, infra, { observation }),
      attempts(EMULATED, unstarted('ENOENT')),
    ]);
    expect(sometimes.lanes['native']?.verdict).toBe('flaky');
    expect(sometimes.lanes['emulated']?.verdict).toBe('mismatch');
  });

  it('keeps the checks that have failed for it already', () => {
    const lanes = [attempts(NATIVE, unstarted('ENOENT')), attempts(EMULATED, unstarted('ENOENT'))];
    const { failures } = judge(lanes, { expect: { exit: 0 } }).lanes['native'] ?? {};
    expect(failures?.map(({ check }) => check)).toEqual(['exit 0']);
  });
});
