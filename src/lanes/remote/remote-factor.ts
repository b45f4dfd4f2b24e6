import { cpus } from 'node:os';
import { agentPath, type AgentClient } from '../../agent/index.ts';
import { hostPlatform } from '../../core/index.ts';
import { createExec, type CommandLogger } from '../../process/index.ts';
import { openMemo } from '../../store/index.ts';

const ROUNDS = 3;
const CALIBRATE_MS = 60_000;

export interface RemoteFactorOptions {
  readonly client: AgentClient;
  /** The agent's own file there. */
  readonly agentFile: string;
  /** On this machine. */
  readonly cacheDir: string;
  /** Names what computes there: a host, or QEMU with its settings. */
  readonly key: readonly unknown[];
  /** The answer when the loop did not end in time, as on a loaded machine; it is not remembered. */
  readonly otherwise: number;
  readonly logger?: CommandLogger;
}

async function leastOf(measure: () => Promise<string>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(Number((await measure()).trim()));
  return Math.min(...times);
}

/**
 * How much slower than this machine another one computes, at least 1: the loop of the agent's `calibrate`
 * on both, once per key and processor of this machine. Deadlines that nobody wrote are scaled by it.
 */
export async function measureRemoteFactor(options: RemoteFactorOptions): Promise<number> {
  const { agentFile, cacheDir, client, key, logger, otherwise } = options;
  const memo = openMemo<number>({
    cacheDir,
    kind: 'remote-factor',
    key: [1, cpus()[0]?.model ?? '', ...key],
  });
  const known = memo.recall();
  if (known !== undefined) return known;
  const exec = createExec(logger === undefined ? {} : { logger });
  const here = await leastOf(async () => {
    const argv = ['calibrate'];
    return (await exec(agentPath(hostPlatform()), argv, { timeoutMs: CALIBRATE_MS })).stdout;
  });
  const there = await leastOf(async () => {
    const argv = [agentFile, 'calibrate'];
    const { output } = await client.run({ argv, deadlineMs: CALIBRATE_MS });
    return output.stdout.toString();
  });
  const factor = Math.max(1, there / here);
  if (!Number.isFinite(factor)) return otherwise;
  await memo.remember(factor);
  return factor;
}
