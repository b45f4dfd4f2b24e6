import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { BenchContext } from './context.ts';
import { median } from './hyperfine.ts';
import { milliseconds, type BenchRow } from './result.ts';

const CPU = 'neoverse-n1';
/** Each of both beside each other; the ratio of a round moves by some 5 %. */
const ROUNDS = 9;
const LIMIT = 1.2;

/** A suite of `count` cases that each start the subject with an argument of their own. */
function binarySuite(count: number, binary: string): string {
  const cases = Array.from(
    { length: count },
    (_, index) =>
      `  - {name: case ${String(index)}, args: ["${String(index)}"], expect: {exit: 0}}`,
  );
  return [
    'version: 1',
    'name: scale',
    `subject: {binary: {linux/arm64: ${JSON.stringify(binary)}}}`,
    'lanes: [emulated]',
    'cases:',
    ...cases,
    '',
  ].join('\n');
}

async function timeOnce(
  argv: readonly string[],
  cwd: string,
): Promise<{ seconds: number; maxRssKb: number }> {
  const started = performance.now();
  const [file = '', ...args] = argv;
  const { stderr } = await execa('/usr/bin/time', ['-f', '%M', file, ...args], {
    cwd,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
  });
  return {
    seconds: (performance.now() - started) / 1000,
    maxRssKb: Number(stderr.trim().split('\n').at(-1)),
  };
}

/** 1,000 cases with json and record, against `xargs -P2` over bare QEMU of the same CPU model. */
export async function benchSuite({
  root,
  directory,
  cli,
  node,
  runs,
  say,
}: BenchContext): Promise<BenchRow[]> {
  const hello = join(root, 'build/bin/arm64/hello');
  const ours = async (count: number) => {
    const suite = join(directory, `scale-${String(count)}.yaml`);
    await writeFile(suite, binarySuite(count, hello));
    return timeOnce(
      [
        node,
        cli,
        'test',
        suite,
        '--jobs',
        '2',
        '--reporter',
        `json=${join(directory, 'report.json')}`,
        '--reporter',
        'live',
        '--record',
        join(directory, 'record.ndjson'),
      ],
      directory,
    );
  };
  const script = `seq 1000 | xargs -P2 -I{} qemu-aarch64-static -cpu ${CPU} ${hello} {}`;
  await ours(10);
  const times: { ours: number; peer: number }[] = [];
  for (let round = 0; round < runs(ROUNDS); round += 1) {
    const a = await ours(1000);
    const b = await timeOnce(['sh', '-c', script], directory);
    say(
      `suite: round ${String(round + 1)}: ${a.seconds.toFixed(2)} s against ${b.seconds.toFixed(2)} s, ${(a.seconds / b.seconds).toFixed(2)} ×, ${String(Math.round(a.maxRssKb / 1024))} MB`,
    );
    times.push({ ours: a.seconds, peer: b.seconds });
  }
  const small = await ours(200);
  const large = await ours(4000);
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
