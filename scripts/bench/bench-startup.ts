import { join } from 'node:path';
import { median, timeCommands } from './hyperfine.ts';
import { atMost, milliseconds, type BenchRow } from './result.ts';
import type { BenchContext } from './context.ts';

/** `--version` against `node -e 0`, and `run ./hello_arm64` against that plus bare QEMU. */
export async function benchStartup({
  directory,
  cli,
  node,
  root,
  runs,
}: BenchContext): Promise<BenchRow[]> {
  const hello = join(root, 'build/bin/arm64/hello');
  const commands = [
    `${node} -e 0`,
    `${node} ${cli} --version`,
    `qemu-aarch64-static -cpu neoverse-n1 ${hello}`,
    `${node} ${cli} run ${hello}`,
  ];
  // Alternating rounds: the machine's speed drifts, and neighbours in time are compared.
  const seconds = commands.map((): number[] => []);
  for (let round = 0; round < runs(10); round += 1) {
    const timed = await timeCommands(commands, { runs: 3, warmup: 1, directory });
    timed.forEach((entry, index) => seconds[index]?.push(...entry.seconds));
  }
  const [nodeTime = 0, versionTime = 0, qemuTime = 0, runTime = 0] = seconds.map(median);
  const floor = nodeTime + qemuTime;
  const over = runTime - floor;
  return [
    atMost('`archparity --version`', versionTime, { name: '`node -e 0`', seconds: nodeTime }, 1.5),
    {
      work: '`archparity run ./hello_arm64`',
      ours: milliseconds(runTime),
      peer: `\`node -e 0\` + bare QEMU ${milliseconds(floor)}`,
      ratio: `+ ${milliseconds(over)}`,
      target: '≤ + 40 ms',
      met: over <= 0.04,
    },
  ];
}
