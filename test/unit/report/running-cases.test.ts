import { describe, expect, it } from 'vitest';

import type { RunEvent } from '../../../src/core/index.ts';
import { RunningCases } from '../../../src/report/running-cases.ts';
import { define, judge, observe } from './make-result.ts';

const started = (caseId: string, laneId: string): RunEvent => ({
  ...{ type: 'attempt-started', at: '', caseId, laneId, number: 1 },
});
const finished = (caseId: string, laneId: string): RunEvent => ({
  ...{ type: 'attempt-finished', at: '', caseId, laneId },
  attempt: { number: 1, observation: observe('') },
});

describe('RunningCases', () => {
  it('lists what runs, the longest first', () => {
    let now = 0;
    const running = new RunningCases(() => now);
    running.observe(started('s/a', 'native'));
    now = 500;
    running.observe(started('s/b', 'emulated'));
    now = 900;
    expect(running.list()).toEqual([
      { caseId: 's/a', laneId: 'native', number: 1, ms: 900, slow: false },
      { caseId: 's/b', laneId: 'emulated', number: 1, ms: 400, slow: false },
    ]);
    running.observe(finished('s/a', 'native'));
    expect(running.list()).toHaveLength(1);
    const result = judge({ ...define('s', 'b'), id: 's/b' }, 'match');
    running.observe({ type: 'case-finished', at: '', result });
    expect(running.list()).toEqual([]);
  });

  it('calls slow what takes longer than 2 s and than five medians', () => {
    let now = 0;
    const running = new RunningCases(() => now);
    running.observe(started('s/slow', 'emulated'));
    now = 2500;
    expect(running.list()[0]?.slow).toBe(true);
    for (let i = 0; i < 300; i += 1) {
      running.observe(started(`s/${i}`, 'emulated'));
      now += 1000;
      running.observe(finished(`s/${i}`, 'emulated'));
    }
    running.observe(started('s/usual', 'emulated'));
    now += 4900;
    expect(running.list().map(({ slow }) => slow)).toEqual([true, false]);
    now += 200;
    expect(running.list().map(({ slow }) => slow)).toEqual([true, true]);
  });
});
