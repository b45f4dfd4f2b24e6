import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  compareWithBaseline,
  findRegressions,
} from '../../../../src/app/bench/compare-baseline.ts';
import { readBaseline } from '../../../../src/app/bench/read-baseline.ts';
import { judgeBench } from '../../../../src/bench/index.ts';
import { toHyperfineJson } from '../../../../src/report/index.ts';
import { makeBench, makeLane, makeRun } from '../../bench/fake-run.ts';
import { REPORT } from '../../report/bench/bench-report.ts';

const directory = mkdtempSync(join(tmpdir(), 'parity-baseline-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function write(name: string, value: unknown): string {
  const file = join(directory, name);
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  return file;
}

const walls = [10, 10.2, 9.9, 10.1, 10, 10.3, 9.8, 10, 10.1, 10.2];
const seriesOf = (factor: number, counts: readonly number[]) => {
  const benchmarks = [makeBench('a', ['wallMs', 'instructions'])];
  const run = makeRun([
    { bench: 'a', lane: 'native', walls: walls.map((wall) => wall * factor), counts },
  ]);
  const options = { benchmarks, lanes: ['native'], seed: 1, acrossBenchmarks: false };
  return judgeBench(run, { ...options, anyOutput: false }).series;
};
const facts = { kernel: '6.1', hostCpu: 'x' };
const before = {
  file: 'base.json',
  lanes: [makeLane('native', facts)],
  benchmarks: [
    {
      name: 'a',
      series: [
        { lane: 'native', metric: 'wallMs', samples: walls },
        { lane: 'native', metric: 'instructions', samples: [1000, 1000] },
      ],
    },
  ],
} as const;
const options = { lanes: [makeLane('native', facts)], seed: 1, anyLane: false };

describe('readBaseline', () => {
  it('reads what --save-baseline writes', async () => {
    const baseline = await readBaseline(write('own.json', REPORT));
    expect(baseline.lanes?.map(({ id }) => id)).toEqual(['native', 'emulated']);
    expect(baseline.benchmarks[0]?.series[0]).toEqual({
      lane: 'native',
      metric: 'wallMs',
      samples: [10, 12, 11],
    });
  });

  it('reads what hyperfine writes', async () => {
    const baseline = await readBaseline(write('theirs.json', toHyperfineJson(REPORT)));
    expect(baseline.lanes).toBeUndefined();
    expect(baseline.benchmarks[0]).toMatchObject({
      name: 'encode "a,b" | x [native]',
      series: [{ metric: 'wallMs', samples: [10, 12, 11] }],
    });
  });

  it.each([
    ['no JSON', '{', 'it is not JSON'],
    ['another shape', { version: 1 }, 'lanes'],
    ['no samples', { results: [{ command: 'x', times: [] }] }, 'neither'],
  ])('refuses %s', async (_, value, message) => {
    await expect(readBaseline(write('bad.json', value))).rejects.toThrow(message);
  });

  it('says how to make one that is not there', async () => {
    await expect(readBaseline(join(directory, 'none'))).rejects.toMatchObject({
      code: 'BASELINE_UNREADABLE',
      exitCode: 2,
    });
  });
});

describe('compareWithBaseline', () => {
  it('finds what is surely slower, and fails by the interval', () => {
    const { comparisons, warnings } = compareWithBaseline(
      seriesOf(1.2, [1050, 1050]),
      before,
      options,
    );
    const all = comparisons.get('a') ?? [];
    expect(all).toMatchObject([
      {
        metric: 'wallMs',
        base: 'native',
        lane: 'native',
        baseline: 'base.json',
        verdict: 'slower',
      },
      { metric: 'instructions', ratio: 1.05, ci95: [1.05, 1.05], verdict: 'slower' },
    ]);
    expect(warnings).toEqual([]);
    expect(findRegressions(all, 0.1).map(({ metric }) => metric)).toEqual(['wallMs']);
    expect(findRegressions(all, 0.04).map(({ metric }) => metric)).toEqual([
      'wallMs',
      'instructions',
    ]);
    // The ratio is above 19 %, the interval is not.
    expect(findRegressions(all, 0.2)).toEqual([]);
  });

  it('finds nothing where nothing changed', () => {
    const { comparisons } = compareWithBaseline(seriesOf(1, [1000, 1000]), before, options);
    expect(comparisons.get('a')?.map(({ verdict }) => verdict)).toEqual([
      'within-noise',
      'within-noise',
    ]);
    expect(findRegressions(comparisons.get('a') ?? [], 0)).toEqual([]);
  });

  it('names what changed on the lane', () => {
    const lanes = [makeLane('native', { kernel: '6.18', hostCpu: 'x' })];
    const { warnings } = compareWithBaseline(seriesOf(1, [1000, 1000]), before, {
      ...options,
      lanes,
    });
    expect(warnings).toMatchObject([{ code: 'BASELINE_CHANGED' }]);
    expect(warnings[0]?.message).toContain('kernel 6.1 → 6.18');
  });

  it('does not compare another QEMU or platform, unless told to', () => {
    const lanes = [makeLane('native', { ...facts, qemu: '10.0' })];
    const changed = { ...options, lanes };
    const strict = compareWithBaseline(seriesOf(1, [1000, 1000]), before, changed);
    expect(strict.comparisons.size).toBe(0);
    expect(strict.warnings).toMatchObject([{ code: 'BASELINE_OTHER_LANE' }]);
    expect(strict.warnings[0]?.message).toContain('qemu none → 10.0');
    const loose = compareWithBaseline(seriesOf(1, [1000, 1000]), before, {
      ...changed,
      anyLane: true,
    });
    expect(loose.comparisons.get('a')).toHaveLength(2);
    expect(loose.warnings).toMatchObject([{ code: 'BASELINE_CHANGED' }]);
  });

  it('says which benchmark the baseline has not', () => {
    const none = { ...before, benchmarks: [] };
    const { comparisons, warnings } = compareWithBaseline(seriesOf(1, [1]), none, options);
    expect(comparisons.size).toBe(0);
    expect(warnings).toMatchObject([{ code: 'BASELINE_WITHOUT' }]);
  });
});
