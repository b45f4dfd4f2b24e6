import { describe, expect, it } from 'vitest';

import type { RunEvent } from '../../../src/core/index.ts';
import { report } from './collect-output.ts';
import { define, endRun, judge, observe, onLane, startRun, tellCase } from './make-result.ts';

const ok = judge(define('s', 'c'), 'match', { lanes: { native: onLane('match', observe('')) } });

async function lastLine(events: readonly RunEvent[]): Promise<string | undefined> {
  return (await report('text', events)).trimEnd().split('\n').at(-1);
}

describe('the summary line', () => {
  it.each([
    [0, false, 'OK  1 case: 1 match · 20 s'],
    [1, false, 'FAILED  1 case: 1 match · 20 s'],
    [3, false, 'NOT READY  1 case: 1 match · 20 s'],
    [4, false, 'NOTHING COMPARED  1 case: 1 match · 20 s'],
    [130, true, 'INTERRUPTED  1 case: 1 match · 20 s'],
  ])('tells exit code %d', async (exitCode, interrupted, line) => {
    const end = endRun({ match: 1, total: 1 }, { exitCode, interrupted });
    expect(await lastLine([startRun(), ...tellCase(ok, 0), end])).toBe(line);
  });

  it('tells that nothing ran', async () => {
    const events = [startRun({ caseCount: 0 }), endRun({}, { exitCode: 4 })];
    expect(await lastLine(events)).toBe('NOTHING RAN  0 cases · 20 s');
  });

  it('tells that the record ends too early, and after how much', async () => {
    const events = [startRun({ caseCount: 7 }), ...tellCase(ok, 0)];
    expect(await lastLine(events)).toBe('CUT OFF  1 of 7 cases: 1 match');
  });
});
