import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchContext } from './context.ts';
import { median, timeCommands } from './hyperfine.ts';
import { milliseconds, type BenchRow } from './result.ts';
import { runBench } from './run-bench.ts';

const RUNS = 20;
const ROUNDS = 5;
/** Computes for half a second: starting the plugin is a matter of two milliseconds. */
const LIMIT = '2000000';

/** A program counted 20 times, and what the counting QEMU takes longer for it than the same QEMU without. */
export async function benchInstructions(context: BenchContext): Promise<BenchRow[]> {
  const { directory, root, runs } = context;
  const program = (platform: string): string => join(root, `build/bin/${platform}/count-primes`);
  const binaries = ['amd64', 'arm64'].flatMap((name) => [
    '--binary',
    `linux/${name}=${program(name)}`,
  ]);
  const counted = await runBench(
    ['--metric', 'instructions', '-r', String(runs(RUNS)), ...binaries, '--', LIMIT],
    context,
  );
  const counts = Object.values(counted.lanes).map(
    ({ instructions }) => instructions?.samples ?? [],
  );
  const same = counts.every((samples) => samples.length > 0 && new Set(samples).size === 1);

  // With and without the plugin, by hand: the lane has both QEMUs, and no user sees the counting one's times.
  const plugin = join(root, 'dist/plugin/linux-amd64/archparity-plugin');
  const count = join(directory, 'count');
  await writeFile(count, '');
  await truncate(count, 64 * 1024 ** 2);
  const qemu = (...options: string[]): string =>
    ['qemu-aarch64 -cpu neoverse-n1', ...options, program('arm64'), LIMIT].join(' ');
  const commands = [qemu(), qemu('-plugin', `file=${plugin},out=${count}`)];
  const seconds = commands.map((): number[] => []);
  for (let round = 0; round < runs(ROUNDS); round += 1) {
    const timed = await timeCommands(commands, { runs: 2, warmup: 1, directory });
    timed.forEach((entry, index) => seconds[index]?.push(...entry.seconds));
  }
  const [without = 0, counting = 0] = seconds.map(median);
  return [
    {
      work: 'instructions of a program, both architectures',
      ours: `${same ? 'the same' : 'not the same'} in ${String(counts[0]?.length ?? 0)} of ${String(runs(RUNS))}`,
      peer: '–',
      ratio: counts.map((samples) => String(samples[0] ?? '')).join(' and '),
      target: 'identical',
      met: same,
    },
    {
      work: 'the counting QEMU runs it',
      ours: milliseconds(counting),
      peer: `without the plugin ${milliseconds(without)}`,
      ratio: (counting / without).toFixed(2),
      target: '≤ 1.1 ×',
      met: counting / without <= 1.1,
    },
  ];
}
