import { describe, expect, it } from 'vitest';
import { averageRatios, judgeBench } from '../../../src/bench/index.ts';
import { makeBench, makeRun } from './fake-run.ts';

const fast = [10, 10.2, 9.9, 10.1, 10, 10.3, 9.8, 10, 10.1, 10.2];
const slow = fast.map((wall) => wall * 8);
const counts = [1000, 1000, 1000];
const options = {
  benchmarks: [makeBench('a', ['wallMs', 'instructions'])],
  lanes: ['native', 'emulated'],
  seed: 1,
  acrossBenchmarks: false,
  anyOutput: false,
};

describe('judgeBench', () => {
  it('compares each lane with the first one, in every metric that is wanted', () => {
    const run = makeRun([
      { bench: 'a', lane: 'native', walls: fast, counts },
      { bench: 'a', lane: 'emulated', walls: slow, counts: counts.map((count) => count + 250) },
    ]);
    const { results } = judgeBench(run, options);
    expect(results).toHaveLength(1);
    const [result] = results;
    expect(result?.lanes['native']?.wallMs).toMatchObject({ median: 10.05, samples: fast });
    expect(result?.lanes['native']?.userMs).toMatchObject({ median: 0 });
    expect(result?.comparisons).toMatchObject([
      { metric: 'wallMs', base: 'native', lane: 'emulated', verdict: 'slower' },
      { metric: 'instructions', ratio: 1.25, ci95: [1.25, 1.25], p: 0, verdict: 'slower' },
    ]);
    expect(result?.comparisons[0]?.ratio).toBeCloseTo(8, 10);
    expect(result?.comparisons[0]?.p).toBeLessThan(0.001);
    expect(result?.warnings).toEqual([]);
  });

  it('gives the same figures for the same seed', () => {
    const run = makeRun([
      { bench: 'a', lane: 'native', walls: fast },
      { bench: 'a', lane: 'emulated', walls: slow },
    ]);
    expect(judgeBench(run, options)).toEqual(judgeBench(run, options));
  });

  it('does not compare the times of commands that do not print the same, unless told to', () => {
    const run = makeRun([
      { bench: 'a', lane: 'native', walls: fast, stdout: 'one\n' },
      { bench: 'a', lane: 'emulated', walls: slow, stdout: 'two\n' },
    ]);
    const [result] = judgeBench(run, options).results;
    expect(result?.comparisons).toEqual([]);
    expect(result?.warnings).toMatchObject([{ code: 'OUTPUT_DIFFERS', lane: 'emulated' }]);
    expect(result?.warnings[0]?.message).toContain('one ≠ two');
    const [loose] = judgeBench(run, { ...options, anyOutput: true }).results;
    expect(loose?.comparisons).toHaveLength(1);
    expect(loose?.warnings).toEqual([]);
  });

  it('takes names of architectures for the same output', () => {
    const run = makeRun([
      { bench: 'a', lane: 'native', walls: fast, stdout: 'built for x86_64\n' },
      { bench: 'a', lane: 'emulated', walls: slow, stdout: 'built for aarch64\n' },
    ]);
    expect(judgeBench(run, options).results[0]?.comparisons).toHaveLength(1);
  });

  it('compares alternatives with the first one on the same lane, p adjusted over all', () => {
    const three = ['a', 'b', 'c'];
    const slower = fast.map((wall, at) => wall * (8 + at / 50));
    const run = makeRun(
      three.map((bench) => ({ bench, lane: 'native', walls: bench === 'c' ? slower : fast })),
    );
    const { results } = judgeBench(run, {
      ...options,
      benchmarks: three.map((name) => makeBench(name)),
      acrossBenchmarks: true,
    });
    const compared = results.flatMap(({ comparisons }) => comparisons);
    expect(compared).toMatchObject([
      { base: 'native', lane: 'native', baseBenchmark: 'a', ratio: 1, verdict: 'within-noise' },
      { base: 'native', lane: 'native', baseBenchmark: 'a', verdict: 'slower' },
    ]);
    // 10 pairs, all of one sign: 2 / 2^10, times two tests.
    expect(compared[1]?.p).toBeCloseTo(4 / 1024, 10);
  });

  it('says what was not measured, and keeps what was', () => {
    const run = makeRun([{ bench: 'a', lane: 'native', walls: fast }], {
      failed: [{ bench: 'a', lane: 'emulated', kind: 'lane', message: 'it broke' }],
      interrupted: true,
    });
    const [result] = judgeBench(run, options).results;
    expect(Object.keys(result?.lanes ?? {})).toEqual(['native']);
    expect(result?.comparisons).toEqual([]);
    expect(result?.warnings).toMatchObject([{ code: 'NOT_MEASURED', lane: 'emulated' }]);
  });

  it('warns with advice of what makes figures doubtful', () => {
    const odd = [30, ...fast.slice(1), 90];
    const rising = Array.from({ length: 40 }, (_, at) => 100 + at);
    const run = makeRun(
      [
        { bench: 'a', lane: 'native', walls: odd, counts: [1000, 1001, 1000] },
        { bench: 'a', lane: 'emulated', walls: rising },
      ],
      { ownCost: new Map([['native', 5]]) },
    );
    const [result] = judgeBench(run, options).results;
    const warnings = result?.warnings ?? [];
    expect(warnings.map(({ code, lane }) => `${code} ${lane ?? ''}`)).toEqual([
      'SHORT_RUN native',
      'FIRST_RUN native',
      'OUTLIERS native',
      'NOT_DETERMINISTIC native',
      'DRIFT emulated',
    ]);
    expect(warnings.every(({ advice }) => advice.endsWith('.'))).toBe(true);
    expect(warnings[2]?.message).toContain('2 runs are far');
    expect(warnings[2]?.message).toContain('run 1 (30.0 ms), run 11 (90.0 ms)');
    // They are named, and still count.
    expect(result?.lanes['native']?.wallMs?.samples).toEqual(odd);
  });
});

describe('averageRatios', () => {
  it('is the geometric mean over benchmarks, of lanes and of baselines apart', () => {
    const run = makeRun(
      ['a', 'b'].flatMap((bench) => [
        { bench, lane: 'native', walls: fast },
        { bench, lane: 'emulated', walls: bench === 'a' ? slow : slow.map((wall) => wall / 4) },
      ]),
    );
    const benchmarks = [makeBench('a'), makeBench('b')];
    const means = averageRatios(judgeBench(run, { ...options, benchmarks }).results);
    expect(means).toMatchObject([
      { metric: 'wallMs', base: 'native', lane: 'emulated', benchmarks: 2 },
    ]);
    expect(means[0]?.ratio).toBeCloseTo(4, 10);
  });

  it('says nothing of a single benchmark', () => {
    const run = makeRun([
      { bench: 'a', lane: 'native', walls: fast },
      { bench: 'a', lane: 'emulated', walls: slow },
    ]);
    expect(averageRatios(judgeBench(run, options).results)).toEqual([]);
  });
});
