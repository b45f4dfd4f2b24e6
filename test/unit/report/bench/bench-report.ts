import type { BenchResult } from '../../../../src/core/index.ts';
import { makeBenchReport, type BenchReport } from '../../../../src/report/index.ts';
import { makeLane } from '../../bench/fake-run.ts';

export const RESULT: BenchResult = {
  name: 'encode "a,b" | x',
  lanes: {
    native: {
      wallMs: { samples: [10, 12, 11], median: 11, mad: 1, ci95: [10, 12], noiseFloor: 0.012 },
      userMs: { samples: [9, 10, 9], median: 9, mad: 0, ci95: [9, 10] },
      instructions: { samples: [1000, 1000], median: 1000, mad: 0, ci95: [1000, 1000] },
    },
    emulated: {
      wallMs: { samples: [90, 95, 91], median: 91, mad: 1, ci95: [90, 95] },
      instructions: { samples: [1300, 1302], median: 1301, mad: 1, ci95: [1300, 1302] },
    },
  },
  comparisons: [
    {
      metric: 'wallMs',
      base: 'native',
      lane: 'emulated',
      ratio: 8.42,
      ci95: [8.13, 8.71],
      p: 0.0004,
      verdict: 'slower',
    },
    {
      metric: 'wallMs',
      base: 'native',
      lane: 'native',
      baseline: 'main.json',
      ratio: 1.004,
      ci95: [0.98, 1.03],
      p: 0.43,
      verdict: 'within-noise',
    },
    {
      metric: 'instructions',
      base: 'native',
      lane: 'native',
      baseline: 'main.json',
      ratio: 1.05,
      ci95: [1.05, 1.05],
      p: 0,
      verdict: 'slower',
    },
  ],
  warnings: [{ code: 'DRIFT', lane: 'native', message: 'it drifts', advice: 'Wait.' }],
};

export const REPORT: BenchReport = makeBenchReport({
  archparity: '1.2.3',
  at: '2026-01-01T00:00:00.000Z',
  host: { arch: 'x64' },
  plan: { seed: 1, warmup: 1, minTimeMs: 3000 },
  lanes: [makeLane('native'), makeLane('emulated', { qemu: '7.2', cpu: 'max' })],
  benchmarks: [RESULT],
  means: [],
  interrupted: false,
});
