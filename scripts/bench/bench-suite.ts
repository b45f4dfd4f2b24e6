import type { BenchContext } from './context.ts';
import { median } from './hyperfine.ts';
import { milliseconds, type BenchRow } from './result.ts';
import { timeSuite, timeXargs } from './scale-suite.ts';

/** Each of both beside each other; the ratio of a round moves by some 5 %. */
const ROUNDS = 9;
const LIMIT = 1.2;

/** 1,000 cases with json and record, against `xargs -P2` over bare QEMU of the same CPU model. */
export async function benchSuite(context: BenchContext): Promise<BenchRow[]> {
  const { runs, say } = context;
  await timeSuite(context, 10);
  const times: { ours: number; peer: number }[] = [];
  for (let round = 0; round < runs(ROUNDS); round += 1) {
    const a = await timeSuite(context, 1000);
    const b = await timeXargs(context, 1000, 2);
    say(
      `suite: round ${String(round + 1)}: ${a.seconds.toFixed(2)} s against ${b.seconds.toFixed(2)} s, ${(a.seconds / b.seconds).toFixed(2)} ×, ${String(Math.round(a.maxRssKb / 1024))} MB`,
    );
    times.push({ ours: a.seconds, peer: b.seconds });
  }
  const small = await timeSuite(context, 200);
  const large = await timeSuite(context, 4000);
  const growth = (large.maxRssKb - small.maxRssKb) / 1024;
  const time = (key: 'ours' | 'peer'): number => median(times.map((entry) => entry[key]));
  // Neighbours in time are compared: the machine's speed drifts.
  const ratio = median(times.map((round) => round.ours / round.peer));
  return [
    {
      work: '1,000-case binary suite, 2 jobs, json and record',
      ours: milliseconds(time('ours')),
      peer: `\`xargs -P2\` over bare QEMU ${milliseconds(time('peer'))}`,
      ratio: ratio.toFixed(2),
      target: `≤ ${String(LIMIT)} ×`,
      met: ratio <= LIMIT,
    },
    {
      work: 'peak memory at 4,000 cases',
      ours: `${(large.maxRssKb / 1024).toFixed(0)} MB`,
      peer: `at 200 cases ${(small.maxRssKb / 1024).toFixed(0)} MB`,
      ratio: `+ ${growth.toFixed(0)} MB`,
      target: 'flat (≤ + 40 MB)',
      met: growth <= 40,
    },
  ];
}
