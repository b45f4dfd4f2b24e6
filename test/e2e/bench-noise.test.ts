// Whether the verdicts of `archparity bench` can be believed: on a machine that is busy with something else, about a
// command and itself, and about one that became five percent slower.
import { spawn, type ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runBench } from './bench-runs.ts';
import { anyCaller, program } from './cli.ts';

/** scripts/soak makes a hundred, and asks for an idle machine, too. */
const TRIALS = Number(process.env['ARCHPARITY_TRIALS'] ?? '2');
/** Beside other tests a machine is not. */
const IS_IDLE = process.env['ARCHPARITY_TRIALS'] !== undefined;

const COUNT = program('count-primes', 'amd64');

/** The verdict on the second of two commands, and the ratio of its time to the first one's. */
async function compare(
  commands: readonly [string, string],
  options: readonly string[],
  seed: number,
): Promise<{ readonly verdict: string; readonly ratio: number }> {
  const words = ['--seed', String(seed), '--any-output', '-N', ...options];
  const { report } = await runBench(anyCaller, [...words, '-n', 'a', '-n', 'b', ...commands]);
  const comparison = report.benchmarks[1]?.comparisons[0];
  if (comparison === undefined) throw new Error('nothing was compared');
  return comparison;
}

const isDifference = (verdict: string): boolean => verdict === 'slower' || verdict === 'faster';

describe('beside two busy loops', () => {
  let loops: readonly ChildProcess[] = [];
  beforeAll(() => {
    loops = [1, 2].map(() => spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }));
  });
  afterAll(() => {
    for (const loop of loops) loop.kill('SIGKILL');
  });

  it('a command and itself are rarely told apart', { timeout: 3_600_000 }, async () => {
    const command = `${COUNT} 200000`;
    const verdicts: string[] = [];
    for (let seed = 1; seed <= TRIALS; seed += 1)
      verdicts.push((await compare([command, command], [], seed)).verdict);
    const wrong = verdicts.filter(isDifference).length;
    console.log(`differences between a command and itself: ${wrong} of ${TRIALS}`);
    expect(verdicts).toHaveLength(TRIALS);
    // One in ten; of a few trials, more than one is as likely as more than ten of a hundred.
    expect(wrong).toBeLessThanOrEqual(Math.max(1, Math.floor(TRIALS / 10)));
  });
});

describe('five percent more work', () => {
  const commands = [`${COUNT} 1000000`, `${COUNT} 1035300`] as const;

  it('is found by instructions', async () => {
    const { verdict, ratio } = await compare(commands, ['--metric', 'instructions', '-r', '2'], 1);
    expect(verdict).toBe('slower');
    expect(ratio).toBeGreaterThan(1.045);
    expect(ratio).toBeLessThan(1.055);
  });

  const idle = IS_IDLE ? ['an idle machine'] : [];
  it.each(idle)('is found by wall time on %s', { timeout: 600_000 }, async () => {
    const found: string[] = [];
    for (let seed = 1; seed <= 10; seed += 1)
      found.push((await compare(commands, ['-r', '20'], seed)).verdict);
    console.log(`five percent by wall time: ${found.join(' ')}`);
    expect(found).toEqual(Array.from({ length: 10 }, () => 'slower'));
  });
});
