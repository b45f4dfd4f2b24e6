/**
 * Prints the report of `archparity bench --json` as a Markdown table with a column for each lane: the first
 * one's median, and how many times that the others took, with the interval.
 *
 *     node scripts/tabulate-bench.ts FILE
 */
import { readFileSync } from 'node:fs';
import type { BenchReport } from '../src/report/index.ts';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: node scripts/tabulate-bench.ts FILE');
const report = JSON.parse(readFileSync(file, 'utf8')) as BenchReport;
const [base, ...others] = report.lanes.map(({ id }) => id);
if (base === undefined) throw new Error(`${file} has no lanes`);

const inMs = (value: number): string =>
  value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${value.toPrecision(3)} ms`;
const times = (ratio: number): string =>
  ratio >= 100 ? ratio.toFixed(0) : ratio.toFixed(ratio >= 2 ? 1 : 2);

const rows = report.benchmarks.map(({ comparisons, lanes, name }) => [
  name.replace(/^[^/]*\//, ''),
  inMs(lanes[base]?.wallMs?.median ?? NaN),
  ...others.map((lane) => {
    const found = comparisons.find((one) => one.lane === lane && one.metric === 'wallMs');
    if (found === undefined) return '–';
    const [low, high] = found.ci95;
    return `${times(found.ratio)} [${times(low)}, ${times(high)}]`;
  }),
]);
const means = others.map((lane) => {
  const mean = report.means.find((one) => one.lane === lane && one.metric === 'wallMs');
  return mean === undefined ? '–' : times(mean.ratio);
});
const lines = [
  ['work', base, ...others],
  [':--', ...[base, ...others].map(() => '--:')],
  ...rows,
  ['geometric mean', '', ...means],
];
process.stdout.write(lines.map((cells) => `| ${cells.join(' | ')} |\n`).join(''));
