import { cpus } from 'node:os';
import { agentPath } from '../../agent/index.ts';
import { hostPlatform } from '../../core/index.ts';
import { createExec } from '../../process/index.ts';
import { openMemo } from '../../store/index.ts';
import type { HostConnection } from './connect-host.ts';

const ROUNDS = 3;
const CALIBRATE_MS = 60_000;

async function leastOf(measure: () => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await measure());
  return Math.min(...times);
}

/**
 * How much slower than this machine a host computes, at least 1: the loop of the agent's `calibrate` on
 * both, once per host and processor. Deadlines that nobody wrote are scaled by it.
 */
export async function measureHostFactor(
  { agentFile, client }: HostConnection,
  place: string,
  cacheDir: string,
): Promise<number> {
  const here = cpus()[0]?.model ?? '';
  const key = [1, place, client.hello.cpu, client.hello.kernel, here];
  const memo = openMemo<number>({ cacheDir, kind: 'host-factor', key });
  const known = memo.recall();
  if (known !== undefined) return known;
  const exec = createExec();
  const native = await leastOf(async () => {
    const result = await exec(agentPath(hostPlatform()), ['calibrate'], {
      timeoutMs: CALIBRATE_MS,
    });
    return Number(result.stdout.trim());
  });
  const there = await leastOf(async () => {
    const argv = [agentFile, 'calibrate'];
    const { output } = await client.run({ argv, deadlineMs: CALIBRATE_MS });
    return Number(output.stdout.toString().trim());
  });
  const factor = Math.max(1, there / native);
  // A loaded machine may take longer than the deadline: then the case's own deadlines must do.
  if (!Number.isFinite(factor)) return 1;
  await memo.remember(factor);
  return factor;
}
