import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { agentPath } from '../../agent/index.ts';
import { ArchParityError, hostPlatform, type Platform } from '../../core/index.ts';
import { createExec, type Exec, type ExecResult } from '../../process/index.ts';
import { hashFile, withCacheEntry, type CacheEntryOptions } from '../../store/index.ts';

/** Where there is no agent to measure with (a platform that we ship none for): generous. */
const UNMEASURED_FACTOR = 10;

/** Runs the agent's calibration loop; the least of three, in nanoseconds. @throws ArchParityError */
async function calibrate(exec: Exec, argv: readonly string[]): Promise<number> {
  const [file = '', ...args] = argv;
  const times: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const result = await exec(file, [...args, 'calibrate'], { timeoutMs: 60_000 });
    const nanoseconds = Number(result.stdout.trim());
    if (result.exitCode !== 0 || !(nanoseconds > 0)) throw calibrationFailed(argv, result);
    times.push(nanoseconds);
  }
  return Math.min(...times);
}

function calibrationFailed(
  argv: readonly string[],
  { exitCode, failedToStart, signal, stderr, timedOut }: ExecResult,
): ArchParityError {
  const end = timedOut
    ? 'it did not end in time'
    : (failedToStart ?? signal ?? `exit ${String(exitCode)}`);
  const said = stderr.trim();
  return new ArchParityError({
    code: 'CALIBRATION_FAILED',
    message: `${argv.join(' ')} did not measure how fast this machine computes: ${end}${said === '' ? '' : `, ${said}`}.`,
    advice: 'Run archparity doctor, or use another QEMU: --lane emulated,qemu=PATH',
  });
}

/**
 * How much slower than native `qemu` computes on this machine, at least 1: a short loop of integer
 * work, branches and memory, measured once per QEMU, settings and processor.
 * @throws ArchParityError `CALIBRATION_FAILED`
 */
export async function measureEmulationFactor(
  qemu: string,
  platform: Platform,
  options: Pick<CacheEntryOptions, 'cacheDir' | 'logger'>,
): Promise<number> {
  let guest: string;
  try {
    guest = agentPath(platform);
  } catch {
    return UNMEASURED_FACTOR;
  }
  const measured = await hashFile(guest, options);
  const identity = JSON.stringify([qemu, platform, cpus()[0]?.model, measured]);
  const key = createHash('sha256').update(identity).digest('hex').slice(0, 24);
  const directory = await withCacheEntry(
    { ...options, kind: 'emulation-factor', key },
    async (target) => {
      const exec = createExec(options);
      const native = await calibrate(exec, [agentPath(hostPlatform())]);
      const emulated = await calibrate(exec, [qemu, guest]);
      await writeFile(join(target, 'factor'), String(Math.max(1, emulated / native)));
    },
  );
  return Number(await readFile(join(directory, 'factor'), 'utf8'));
}
