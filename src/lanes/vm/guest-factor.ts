import { cpus } from 'node:os';
import { agentPath, type AgentClient } from '../../agent/index.ts';
import { hostPlatform } from '../../core/index.ts';
import { createExec } from '../../process/index.ts';
import { openMemo } from '../../store/index.ts';
import { GUEST_AGENT } from './vm-assets.ts';
import type { GuestOptions } from './guest-options.ts';

const ROUNDS = 3;

async function leastOf(measure: () => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await measure());
  return Math.min(...times);
}

/**
 * How much slower than this machine the guest computes, at least 1: the loop of the agent's `calibrate`
 * on both, once per QEMU, settings and processor.
 */
export async function measureGuestFactor(
  client: AgentClient,
  { qemu, settings, cacheDir }: GuestOptions,
): Promise<number> {
  const memo = openMemo<number>({
    cacheDir,
    kind: 'guest-factor',
    key: [1, qemu.identity, qemu.cpu, qemu.accelerator, settings, cpus()[0]?.model],
  });
  const known = memo.recall();
  if (known !== undefined) return known;
  const exec = createExec();
  const native = await leastOf(async () => {
    const result = await exec(agentPath(hostPlatform()), ['calibrate'], { timeoutMs: 60_000 });
    return Number(result.stdout.trim());
  });
  const guest = await leastOf(async () => {
    const outcome = await client.run({ argv: [GUEST_AGENT, 'calibrate'], deadlineMs: 60_000 });
    return Number(outcome.output.stdout.toString().trim());
  });
  const factor = Math.max(1, guest / native);
  if (!Number.isFinite(factor)) return 10;
  await memo.remember(factor);
  return factor;
}
