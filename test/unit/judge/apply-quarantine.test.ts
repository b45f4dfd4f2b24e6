import { describe, expect, it } from 'vitest';
import {
  type CaseResult,
  isExcused,
  isFailure,
  type Verdict,
  VERDICT_PRECEDENCE,
} from '../../../src/core/index.ts';
import { applyQuarantine } from '../../../src/judge/apply-quarantine.ts';
import { judgeCase } from '../../../src/judge/judge-case.ts';
import { defineCase, EMULATED, NATIVE, observe } from './judge-data.ts';

const definition = defineCase({ quarantine: { until: '2027-01-31', reason: 'why' } });

function judgeOn(today: string, stdout: string): CaseResult {
  const lanes = [NATIVE, EMULATED].map((info, index) => ({
    info,
    attempts: [{ number: 1, observation: observe(index === 0 ? 'one' : stdout) }],
  }));
  return judgeCase(definition, lanes, { today, comparisonWanted: true });
}

describe('a case in quarantine', () => {
  it.each([
    ['2027-01-30', true],
    ['2027-01-31', true],
    ['2027-02-01', false],
  ])('does not fail on %s: %s', (today, isHeld) => {
    const result = judgeOn(today, 'other');
    expect(result.verdict).toBe('diverged');
    expect(result.quarantined).toBe(isHeld ? true : undefined);
    expect(isFailure(result, false)).toBe(!isHeld);
    expect(isExcused(result, false)).toBe(isHeld);
  });

  it('is excused of what would fail the run, and of nothing else', () => {
    const excused = (strict: boolean): readonly Verdict[] =>
      VERDICT_PRECEDENCE.filter((verdict) =>
        isExcused({ ...judgeOn('2027-01-01', 'one'), verdict }, strict),
      );
    expect(excused(false)).toEqual(['timeout', 'mismatch', 'diverged']);
    expect(excused(true)).toEqual(['timeout', 'mismatch', 'flaky', 'diverged']);
    expect(isFailure({ ...judgeOn('2027-01-01', 'one'), verdict: 'flaky' }, true)).toBe(false);
  });

  it('is what its entry says today, whatever a record said of it', () => {
    const { quarantine: _entry, ...free } = definition;
    const held = judgeOn('2027-01-01', 'other');
    expect(applyQuarantine({ ...held, definition: free }, '2027-01-01')).not.toHaveProperty(
      'quarantined',
    );
    expect(applyQuarantine(held, '2027-02-01')).not.toHaveProperty('quarantined');
    const { quarantined: _before, ...before } = held;
    expect(applyQuarantine(before, '2027-01-01')).toEqual(held);
  });
});
