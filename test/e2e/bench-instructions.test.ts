import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bothBuilds, countsOf, runBench } from './bench-runs.ts';
import { anyCaller, CALLERS, image, makeDirectory, runCli } from './cli.ts';

const counting = ['--metric', 'instructions'];

/** What work-tree does three times takes at least so many. */
const WORK = 300_000 * 5;

describe.each(CALLERS)('guest instructions, as $name', (caller) => {
  it('are the same in 20 of 20 runs on both architectures', async () => {
    const words = [...counting, ...bothBuilds('count-primes'), '-r', '20', '--', '2000'];
    const { report, result } = await runBench(caller, words);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    for (const lane of ['native', 'emulated']) {
      const counts = countsOf(report, lane);
      expect(counts).toHaveLength(20);
      expect(new Set(counts).size).toBe(1);
      expect(counts[0]).toBeGreaterThan(10_000);
    }
    const [comparison] = report.benchmarks[0]?.comparisons ?? [];
    expect(comparison).toMatchObject({ metric: 'instructions', base: 'native', lane: 'emulated' });
    expect(comparison?.ci95).toEqual([comparison?.ratio, comparison?.ratio]);
  });

  it.each(['fork', 'exec', 'kill'])(
    'are those of all processes, whose stderr is closed and that end by %s',
    async (how) => {
      const words = [...counting, ...bothBuilds('work-tree'), '-r', '3', '--', how];
      const { report } = await runBench(caller, words);
      for (const lane of ['native', 'emulated']) {
        const counts = countsOf(report, lane);
        expect(new Set(counts).size).toBe(1);
        expect(counts[0]).toBeGreaterThan(3 * WORK);
      }
    },
  );

  it.each(['threads', 'shared'])('are those of all threads (%s)', async (how) => {
    const words = [...counting, ...bothBuilds('work-tree'), '-r', '5', '--', how];
    const { report } = await runBench(caller, words);
    for (const lane of ['native', 'emulated']) {
      const counts = countsOf(report, lane);
      expect(counts).toHaveLength(5);
      expect(Math.min(...counts)).toBeGreaterThan(3 * WORK);
      // How often threads wait for each other depends on the kernel: less than 0.1 %.
      expect(Math.max(...counts) / Math.min(...counts)).toBeLessThan(1.001);
    }
  });

  it('of a shell with children, on the side of this machine', async () => {
    const { report } = await runBench(caller, [
      ...counting,
      '-r',
      '3',
      '--',
      'sh',
      '-c',
      'ls /; ls /',
    ]);
    const one = await runBench(caller, [...counting, '-r', '3', '--', 'ls', '/']);
    expect(Math.min(...countsOf(report, 'native'))).toBeGreaterThan(
      1.8 * Math.max(...countsOf(one.report, 'native')),
    );
  });

  it.each(['debian-tools', 'debian13-tools'])('of commands in images: %s', async (name) => {
    const words = [...counting, '--image', image(name), '-r', '3'];
    const once = await runBench(caller, [...words, '--', 'sha256sum', '/usr/bin/bash']);
    const twice = await runBench(caller, [
      ...words,
      ...['--', 'sh', '-c', 'sha256sum /usr/bin/bash && sha256sum /usr/bin/bash'],
    ]);
    expect(once.result).toMatchObject({ code: 0, stderr: '' });
    for (const lane of ['native', 'emulated']) {
      const counts = countsOf(once.report, lane);
      expect(counts).toHaveLength(3);
      expect(new Set(counts).size).toBe(1);
      expect(countsOf(twice.report, lane)[0]).toBeGreaterThan(2 * (counts[0] ?? 0));
    }
  });
});

describe('guest instructions', () => {
  it('make a gate exact: exit 5 for 5 % more, 0 for the same', async () => {
    const cwd = makeDirectory(anyCaller);
    const words = (limit: string, ...more: readonly string[]): string[] => [
      ...[...counting, ...bothBuilds('count-primes'), '-n', 'primes', ...more, '--', limit],
    ];
    await runBench(anyCaller, words('2000', '--save-baseline', 'base.json'), { cwd });
    const gate = ['--baseline', 'base.json', '--fail-above', '4%'];
    const same = await runBench(anyCaller, words('2000', ...gate), { cwd });
    expect(same.result.code).toBe(0);
    const slower = await runBench(anyCaller, words('2100', '--any-output', ...gate), { cwd });
    expect(slower.result.code).toBe(5);
    const found = slower.report.benchmarks[0]?.comparisons.filter(
      ({ baseline }) => baseline !== undefined,
    );
    expect(found).toMatchObject([
      { base: 'native', lane: 'native', verdict: 'slower' },
      { base: 'emulated', lane: 'emulated', verdict: 'slower' },
    ]);
    const shown = await runCli(anyCaller, ['bench', ...words('2100', ...gate)], { cwd });
    expect(shown.stdout).toContain('SLOWER');
    expect(shown.stdout).toMatch(/native 1\.\d+ × its baseline in instructions \(exact, n=5\)/);
  });

  it('are not compared with those of another emulated CPU', async () => {
    const cwd = makeDirectory(anyCaller);
    const words = [...counting, ...bothBuilds('hello'), '-n', 'x', '-r', '2'];
    const lane = (spec: string): string[] => ['--lane', `it=emulated${spec}`];
    await runBench(anyCaller, [...words, ...lane(''), '--save-baseline', 'base.json'], { cwd });
    const { report, result } = await runBench(
      anyCaller,
      [...words, ...lane(',cpu=cortex-a53'), '--baseline', 'base.json', '--fail-above', '5%'],
      { cwd },
    );
    expect(result.code).toBe(4);
    const warnings = report.benchmarks[0]?.warnings ?? [];
    expect(warnings.map(({ code }) => code)).toEqual(['BASELINE_OTHER_LANE']);
    expect(warnings[0]?.message).toContain('neoverse-n1 → cortex-a53');
    expect(JSON.parse(readFileSync(join(cwd, 'base.json'), 'utf8'))).toMatchObject({ version: 1 });
  });

  it('say where they cannot be counted: without a QEMU that loads plugins', async () => {
    const isStatic = await runCli(anyCaller, [
      ...['bench', ...counting, '--lane', 'emulated,qemu=qemu-aarch64-static'],
      ...bothBuilds('hello'),
    ]);
    expect(isStatic.code).toBe(3);
    expect(isStatic.stderr).toContain('QEMU_WITHOUT_PLUGINS');
  });
});
