// The ssh lane on a real arm64 kernel.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { image, makeDirectory, program, ROOT, runCli, unprivileged } from './cli.ts';
import { parseReport, verdictsOf } from './records.ts';
import { startSshGuest, stopSshGuest } from './ssh-guest.ts';
import { callersWithGuests } from './vm-callers.ts';

const caller = callersWithGuests().at(-1) ?? unprivileged;

describe('an ssh lane on a real arm64 kernel', () => {
  let lane = '';
  beforeAll(async () => {
    lane = await startSshGuest(caller);
  }, 300_000);

  afterAll(async () => {
    await stopSshGuest(caller);
  });

  it('sees what the machine is', async () => {
    const { stdout, stderr } = await runCli(caller, ['ssh', 'check', lane, '--json']);
    expect(stdout, stderr).not.toBe('');
    expect(JSON.parse(stdout)).toMatchObject([
      {
        platform: 'linux/arm64',
        kernel: expect.stringMatching(/arm64/) as string,
        pageSize: 4096,
        namespaces: true,
        tools: { crun: '/usr/bin/crun' },
      },
    ]);
  });

  it('runs arm64 programs, where a plain char is unsigned', async () => {
    const run = (words: readonly string[]) => runCli(caller, ['run', '--lane', lane, ...words]);
    expect((await run([program('hello')])).stdout).toContain('arm64');
    expect((await run([program('machine-name')])).stdout).toContain('aarch64');
    expect((await run([program('char-sign')])).stdout).toContain('255');
    expect((await run([program('exit42')])).code).toBe(42);
  });

  it('is the referee of every architecture difference', { timeout: 900_000 }, async () => {
    const lanes = ['native', 'emulated', `real=${lane}`].flatMap((spec) => ['--lane', spec]);
    const words = ['test', join(ROOT, 'suites/divergence.yaml'), ...lanes, '--timeout', '120s'];
    const { code, stdout, stderr } = await runCli(caller, [...words, '--reporter', 'json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { cases } = JSON.parse(stdout) as {
      cases: { cause?: string; known?: object; referee?: object; verdict: string }[];
    };
    const declared = cases.filter(({ known }) => known !== undefined);
    expect(declared.length).toBeGreaterThan(10);
    for (const { cause, referee } of declared)
      expect([cause, referee]).toEqual([
        'architecture',
        { lane: 'real', kernel: 'real', cpu: 'tcg' },
      ]);
  });

  // All bytes of an image are decrypted by an emulated CPU: a small one.
  it('runs images', { timeout: 600_000 }, async () => {
    const suite = join(makeDirectory(caller, 'ssh-suite'), 'suite.yaml');
    const isArm64 =
      '{platform: {linux/arm64: {stdout: {contains: "255"}}, linux/amd64: {stdout: {contains: "-1"}}}}';
    writeFileSync(
      suite,
      [
        'version: 1',
        'name: s',
        `subject: {image: "${image('divergence')}"}`,
        'defaults: {timeout: 120s}',
        'cases:',
        `  - {name: char, run: [char-sign], expect: ${isArm64}, compare: [exit]}`,
        '  - {name: pages, run: [page-size], compare: [exit, stdout, stderr, files]}',
        '',
      ].join('\n'),
    );
    const words = ['test', suite, '--lane', 'native', '--lane', lane, '--reporter', 'json'];
    const { stdout, stderr } = await runCli(caller, words);
    expect(stdout, stderr).not.toBe('');
    expect(verdictsOf(parseReport(stdout))).toEqual({ char: 'match', pages: 'match' });
  });
});
