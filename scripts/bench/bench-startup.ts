import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findTool } from '../../src/process/index.ts';
import { deriveQemu } from '../../src/lanes/emulated/derive-qemu.ts';
import { median, timeCommands } from './hyperfine.ts';
import { atMost, milliseconds, type BenchRow } from './result.ts';
import type { BenchContext } from './context.ts';

const CPU = 'neoverse-n1';

/** The derived QEMU of an emulated lane, by itself. */
async function placeDerived(directory: string): Promise<string> {
  const plain = findTool('qemu-aarch64-static');
  if (plain === undefined)
    throw new Error('qemu-aarch64-static is not installed: run scripts/setup');
  const path = join(directory, 'derived-qemu');
  await writeFile(path, deriveQemu(await readFile(plain), ['-cpu', CPU]), { mode: 0o755 });
  return path;
}

/** The derived QEMU against the user's own, `--version` against `node -e 0`, and `run ./hello_arm64` against that plus bare QEMU. */
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
    `qemu-aarch64-static -cpu ${CPU} ${hello}`,
    `${node} ${cli} run ${hello}`,
    `${await placeDerived(directory)} ${hello}`,
  ];
  // Alternating rounds: the machine's speed drifts, and neighbours in time are compared.
  const seconds = commands.map((): number[] => []);
  for (let round = 0; round < runs(10); round += 1) {
    const timed = await timeCommands(commands, { runs: 3, warmup: 1, directory });
    timed.forEach((entry, index) => seconds[index]?.push(...entry.seconds));
  }
  const [nodeTime = 0, versionTime = 0, qemuTime = 0, runTime = 0, derivedTime = 0] =
    seconds.map(median);
  const floor = nodeTime + qemuTime;
  const over = runTime - floor;
  return [
    atMost(
      'the derived QEMU runs a static arm64 program',
      derivedTime,
      { name: 'the same QEMU as it is', seconds: qemuTime },
      1,
    ),
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
