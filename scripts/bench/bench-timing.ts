import { join } from 'node:path';
import type { BenchContext } from './context.ts';
import { median, timeCommands } from './hyperfine.ts';
import { milliseconds, type BenchRow } from './result.ts';
import { runBench } from './run-bench.ts';

/** Limits of `count-primes` that take about so long here, and how often each round runs them. */
const WORK = [
  { name: 'a native command of 2 ms', limit: 45_000, runs: 20 },
  { name: 'a native command of 50 ms', limit: 500_000, runs: 10 },
  { name: 'a native command of 1 s', limit: 4_200_000, runs: 5 },
] as const;
const ROUNDS = 10;

/** Seconds of each run, as `archparity bench` takes them. */
async function timeOurs(
  argv: readonly string[],
  runs: number,
  context: BenchContext,
): Promise<readonly number[]> {
  const options = ['--lane', 'native', '-r', String(runs), '-w', '2'];
  const { lanes } = await runBench([...options, '--', ...argv], context);
  return (lanes['native']?.wallMs?.samples ?? []).map((ms) => ms / 1000);
}

/** Of one bench, in seconds. */
interface Figure {
  readonly median: number;
  /** Median absolute deviation. */
  readonly spread: number;
}

function summarise(seconds: readonly number[]): Figure {
  const middle = median(seconds);
  return { median: middle, spread: median(seconds.map((value) => Math.abs(value - middle))) };
}

/** Native commands against `hyperfine -N`, in turns: what ours gives as a rule must lie among its own A/A results. */
export async function benchTiming(context: BenchContext): Promise<BenchRow[]> {
  const { directory, root, runs: rounds, say } = context;
  const program = join(root, 'build/bin/amd64/count-primes');
  const rows: BenchRow[] = [];
  for (const { name, limit, runs } of WORK) {
    const ours: Figure[] = [];
    const theirs: Figure[] = [];
    for (let round = 0; round < rounds(ROUNDS); round += 1) {
      const command = `${program} ${String(limit)}`;
      const [timed] = await timeCommands([command], { runs, warmup: 2, directory });
      theirs.push(summarise(timed?.seconds ?? []));
      ours.push(summarise(await timeOurs([program, String(limit)], runs, context)));
    }
    const medians = theirs.map((round) => round.median);
    const [least, most] = [Math.min(...medians), Math.max(...medians)];
    const widest = Math.max(...theirs.map((round) => round.spread));
    const middle = median(ours.map((round) => round.median));
    const own = median(ours.map((round) => round.spread));
    say(`timing: ${name}: ${milliseconds(middle)} ± ${milliseconds(own)}`);
    rows.push({
      work: name,
      ours: `${milliseconds(middle)} ± ${milliseconds(own)}`,
      peer: `\`hyperfine -N\`, ${String(theirs.length)} A/A medians ${milliseconds(least)} to ${milliseconds(most)}, widest ± ${milliseconds(widest)}`,
      ratio: (middle / median(medians)).toFixed(3),
      target: 'among them, no wider',
      met: least <= middle && middle <= most && own <= widest,
    });
  }
  return rows;
}
