import { describe, expect, it } from 'vitest';
import {
  toCsv,
  toGoBench,
  toHyperfineJson,
  toMarkdown,
  toSmallerIsBetter,
} from '../../../../src/report/index.ts';
import { formatBenchResult, formatMeans } from '../../../../src/report/bench/bench-lines.ts';
import {
  formatComparison,
  formatMetric,
  formatP,
  formatRatio,
} from '../../../../src/report/bench/format-values.ts';
import { createPalette } from '../../../../src/report/palette.ts';
import { makeLane } from '../../bench/fake-run.ts';
import { REPORT, RESULT } from './bench-report.ts';

describe('lines for people', () => {
  it('say figures, ratios with intervals, and warnings with advice', () => {
    const text = formatBenchResult(RESULT, {
      palette: createPalette(false),
      lanes: new Map([makeLane('native'), makeLane('emulated')].map((lane) => [lane.id, lane])),
      verbose: false,
    });
    expect(text.split('\n')).toEqual([
      '',
      'encode "a,b" | x',
      '  native    11.0 ms ± 1.00 ms [10.0 ms, 12.0 ms], n=3, noise ± 1.2 %',
      '  native    1,000 instructions, the same in 2 of 2 runs',
      '  emulated  91.0 ms ± 1.00 ms [90.0 ms, 95.0 ms], n=3',
      '  emulated  1,301 instructions ± 1 instructions [1,300 instructions, 1,302 instructions], n=2',
      '  emulated 8.4 × native [8.1, 8.7], n=3, p<0.001',
      '  native 1.00 × its baseline [0.98, 1.03], n=3, p=0.43: within noise',
      '  native 1.05000 × its baseline in instructions (exact, n=2)',
      '  emulated time is not ARM performance: it says what the emulator costs, and how that changes',
      '  warning: it drifts',
      '    → Wait.',
      '',
    ]);
  });

  it('call a count exact, and no time of a single run', () => {
    const [timed] = RESULT.comparisons;
    if (timed === undefined) throw new Error('there is no comparison');
    const once = { ...timed, ci95: [8.42, 8.42], p: 1, verdict: 'inconclusive' } as const;
    expect(formatComparison(once, 1, 'x')).toBe(
      'emulated 8.4 × native [8.4, 8.4], n=1, p=1.00: inconclusive',
    );
    expect(formatComparison({ ...once, metric: 'instructions' }, 1, 'x')).toBe(
      'emulated 8.42000 × native in instructions (exact, n=1)',
    );
  });

  it('say the mean over several benchmarks', () => {
    expect(formatMeans([])).toBe('');
    expect(
      formatMeans([
        { metric: 'instructions', base: 'native', lane: 'emulated', ratio: 1.3, benchmarks: 4 },
      ]),
    ).toBe('\nall\n  emulated 1.30 × native in instructions, geometric mean of 4 benchmarks\n');
  });

  it.each([
    [formatMetric('wallMs', 0.1234), '0.123 ms'],
    [formatMetric('wallMs', 843.2), '843 ms'],
    [formatMetric('wallMs', 12_340), '12.3 s'],
    [formatMetric('maxRssKb', 2048), '2.00 MiB'],
    [formatMetric('instructions', 1_234_567), '1,234,567 instructions'],
    [formatRatio(0.985), '0.98'],
    [formatRatio(121.4), '121'],
    [formatP(0.0123), 'p=0.012'],
    [formatP(1), 'p=1.00'],
  ])('write %s', (text, expected) => {
    expect(text).toBe(expected);
  });
});

describe('exports', () => {
  it('are hyperfine’s JSON: seconds, and the words that its scripts read', () => {
    const { results } = JSON.parse(toHyperfineJson(REPORT)) as { results: unknown[] };
    expect(results).toHaveLength(2);
    expect(results[0]).toEqual({
      command: 'encode "a,b" | x [native]',
      mean: expect.closeTo(0.011, 9) as number,
      stddev: 0.001,
      median: 0.011,
      user: expect.closeTo(0.0093333, 6) as number,
      system: 0,
      min: 0.01,
      max: 0.012,
      times: [0.01, 0.012, 0.011],
      exit_codes: [0, 0, 0],
      lane: 'native',
    });
  });

  it('are CSV with a line for each metric', () => {
    const lines = toCsv(REPORT).split('\n');
    expect(lines).toHaveLength(7);
    expect(lines[0]).toBe('benchmark,lane,metric,runs,median,mad,ci95_low,ci95_high,min,max');
    expect(lines[1]).toBe('"encode ""a,b"" | x",native,wallMs,3,11,1,10,12,10,12');
  });

  it('are a Markdown table', () => {
    expect(toMarkdown(REPORT).split('\n').slice(2)).toEqual([
      '| `encode "a,b" \\| x` | native | 11.0 ms ± 1.00 ms |  | 1,000 | 3 |',
      '| `encode "a,b" \\| x` | emulated | 91.0 ms ± 1.00 ms | 8.4 [8.1, 8.7] | 1,301 | 3 |',
      '',
    ]);
  });

  it('are Go’s benchmark format: one line a run, a name without spaces', () => {
    const lines = toGoBench(REPORT).trimEnd().split('\n');
    expect(lines.slice(0, 5)).toEqual([
      'pkg: archparity',
      'lane-native: linux/amd64',
      'lane-emulated: linux/arm64',
      '',
      'BenchmarkEncode_"a,b"_|_x/lane=native 1 10000000 ns/op 9000000 user-ns/op',
    ]);
    const shape = /^Benchmark\p{Lu}\S* \d+( [\d.]+ \S+)+$/u;
    expect(lines.slice(4).every((line) => shape.test(line))).toBe(true);
    expect(lines).toHaveLength(4 + 3 + 2 + 3 + 2);
  });

  it('are what github-action-benchmark reads', () => {
    expect(JSON.parse(toSmallerIsBetter(REPORT))).toMatchObject([
      { name: 'encode "a,b" | x [native]', unit: 'ms', value: 11, range: '± 1.00 ms' },
      { name: 'encode "a,b" | x [native] instructions', unit: 'instructions', value: 1000 },
      { name: 'encode "a,b" | x [emulated]', unit: 'ms', value: 91 },
      { name: 'encode "a,b" | x [emulated] instructions', value: 1301 },
    ]);
  });
});
