import { describe, expect, it } from 'vitest';
import { ratioOf } from '../../../../src/app/build/ratio-of.ts';
import { recommend, type Candidate } from '../../../../src/app/build/recommend.ts';
import { tabulateSteps } from '../../../../src/app/build/step-table.ts';

describe('the steps of several strategies', () => {
  const step = (name: string, startedMs: number, durationMs: number) => ({
    name,
    startedMs,
    durationMs,
    cached: false,
    completed: true,
    log: '',
  });

  it('are lined up by their words, then by their place in the stage', () => {
    const rows = tabulateSteps('native', [
      {
        id: 'native',
        runs: [[step('[b 2/3] RUN ./configure', 0, 10), step('[b 3/3] RUN make', 10, 20)]],
      },
      {
        id: 'emulated',
        runs: [[step('[b 2/3] RUN ./configure', 0, 100), step('[b 3/3] RUN make', 100, 220)]],
      },
      {
        id: 'cross',
        runs: [[step('[b 2/3] RUN ./configure --host=x', 0, 11), step('[b 3/3] RUN make', 11, 21)]],
      },
    ]);
    expect(
      rows.map(({ instruction, wallMs, taxMs, crossSavesMs }) => [
        instruction,
        wallMs.cross,
        taxMs,
        crossSavesMs,
      ]),
    ).toEqual([
      ['RUN ./configure', 11, 90, 89],
      ['RUN make', 21, 200, 199],
    ]);
  });
});

describe('ratios', () => {
  it('have an interval from three values on, the same each time', () => {
    expect(ratioOf([4], [2])).toEqual({ value: 2 });
    const ratio = ratioOf([4, 4.2, 4.4], [2, 2.1, 2.2]);
    expect(ratio).toEqual(ratioOf([4, 4.2, 4.4], [2, 2.1, 2.2]));
    const [low = 0, high = 0] = ratio.interval ?? [];
    expect(low).toBeLessThanOrEqual(ratio.value);
    expect(high).toBeGreaterThanOrEqual(ratio.value);
  });
});

describe('the recommendation', () => {
  const candidate = (
    id: Candidate['id'],
    coldMs: number,
    more: Partial<Candidate> = {},
  ): Candidate => ({
    id,
    coldMs,
    toFastest: { value: 1 },
    changedLines: 0,
    sound: true,
    ...more,
  });

  it('is the simplest that is not clearly slower', () => {
    expect(recommend([candidate('cross', 1000), candidate('emulated', 2000)], []).strategy).toBe(
      'emulated',
    );
    const slow = recommend(
      [candidate('cross', 10_000, { changedLines: 4 }), candidate('emulated', 90_000)],
      ['RUN make'],
    );
    expect(slow.strategy).toBe('cross');
    expect(slow.reason).toContain('9.0 times as fast, for 4 lines');
    expect(slow.rule).toContain('agrees');
  });

  it('says when the measurement does not agree with the rule', () => {
    const result = recommend([candidate('cross', 1000), candidate('emulated', 1100)], ['RUN make']);
    expect([result.strategy, result.rule]).toEqual([
      'emulated',
      expect.stringContaining('does not agree'),
    ]);
  });

  it('leaves out images that are wrong', () => {
    const result = recommend(
      [candidate('cross', 1000, { sound: false }), candidate('emulated', 90_000)],
      [],
    );
    expect(result.strategy).toBe('emulated');
    expect(recommend([candidate('cross', 1000, { sound: false })], []).strategy).toBeUndefined();
    const unlike = [candidate('cross', 1000, { sound: false }), candidate('remote', 9000)];
    expect(recommend(unlike, ['RUN make']).rule).toContain('cannot be followed');
    expect(recommend([candidate('remote', 9000)], ['RUN make']).rule).toContain('not built');
  });
});
