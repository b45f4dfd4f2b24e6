import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BenchSample } from '../../src/core/index.ts';
import { bothBuilds, runBench } from './bench-runs.ts';
import {
  anyCaller,
  CALLERS,
  image,
  makeDirectory,
  program,
  runCli,
  startCli,
  waitFor,
} from './cli.ts';
import { expectNoSurvivors, inspectFamily, readMounts } from './leftovers.ts';
import { readEvents } from './records.ts';

function samplesOf(file: string): BenchSample[] {
  return readEvents(file).flatMap((event) => (event.type === 'bench-sample' ? event.sample : []));
}

function hasSample(record: string): boolean {
  return existsSync(record) && readFileSync(record, 'utf8').includes('"phase":"sample"');
}

describe.each(CALLERS)('archparity bench, as $name', (caller) => {
  it('measures both builds of a program, and records every run in the order taken', async () => {
    const cwd = makeDirectory(caller);
    const record = join(cwd, 'record.ndjson');
    const words = [...bothBuilds('count-primes'), '-r', '12', '--record', record, '--', '2000'];
    const { report, result } = await runBench(caller, words, { cwd });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(report.lanes).toMatchObject([
      { id: 'native', platform: 'linux/amd64' },
      { id: 'emulated', platform: 'linux/arm64' },
    ]);
    expect(report.benchmarks).toMatchObject([
      {
        name: 'count-primes 2000',
        comparisons: [{ metric: 'wallMs', base: 'native', lane: 'emulated' }],
      },
    ]);
    const [bench] = report.benchmarks;
    for (const lane of ['native', 'emulated']) {
      const { wallMs, maxRssKb } = bench?.lanes[lane] ?? {};
      expect(wallMs?.samples).toHaveLength(12);
      expect(Math.min(...(wallMs?.samples ?? [0]))).toBeGreaterThan(0);
      expect(maxRssKb?.median).toBeGreaterThan(0);
    }
    const samples = samplesOf(record);
    expect(samples.map(({ order }) => order)).toEqual(samples.map((_, at) => at + 1));
    const counted = samples.filter(({ phase, lane }) => phase === 'sample' && lane === 'native');
    expect(counted.map(({ wallMs }) => wallMs)).toEqual(bench?.lanes['native']?.wallMs?.samples);
    // Lanes take turns: both have a run in every block.
    const blocks = samples.filter(({ phase }) => phase === 'sample');
    expect(blocks.map(({ block }) => block)).toEqual(blocks.map((_, at) => 1 + (at >> 1)));
    const shown = await runCli(caller, ['report', record]);
    expect(shown.stdout).toMatch(/emulated [\d.]+ × native \[[\d.]+, [\d.]+\], n=12, p[<=]0/);
    expect(shown.stdout).toContain('emulated time is not ARM performance');
    const json = await runCli(caller, ['report', record, '--reporter', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ benchmarks: report.benchmarks });
  });

  it('measures commands in an image', async () => {
    const words = ['--image', image('debian-tools'), '-r', '3', '--', 'uname', '-s'];
    const { report, result } = await runBench(caller, words);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(Object.keys(report.benchmarks[0]?.lanes ?? {})).toEqual(['native', 'emulated']);
    expect(report.benchmarks[0]?.comparisons).toHaveLength(1);
  });

  it('measures commands of this machine in the directory where it is called', async () => {
    const cwd = makeDirectory(caller);
    writeFileSync(join(cwd, 'words'), 'b\na\n');
    const { report } = await runBench(
      caller,
      ['-r', '3', '-L', 'flag', 'r,n', 'sort -{flag} words', '--any-output'],
      { cwd },
    );
    expect(report.benchmarks).toMatchObject([
      { name: 'sort -r words', comparisons: [] },
      { name: 'sort -n words', comparisons: [{ baseBenchmark: 'sort -r words', lane: 'native' }] },
    ]);
    expect(Object.keys(report.benchmarks[0]?.lanes ?? {})).toEqual(['native']);
  });
});

describe('archparity bench', () => {
  it('does things around the runs, in their order, with the file on stdin', async () => {
    const cwd = makeDirectory(anyCaller);
    writeFileSync(join(cwd, 'in'), 'input\n');
    const log = join(cwd, 'log');
    const note = (word: string): string => `echo ${word} >> ${log}`;
    const { result } = await runBench(
      anyCaller,
      [
        ...['-r', '2', '-w', '0', '--write', cwd, '--input', join(cwd, 'in')],
        ...['--setup', note('setup'), '--prepare', note('prepare')],
        ...['--conclude', note('conclude'), '--cleanup', note('cleanup')],
        `cat >> ${log}`,
      ],
      { cwd },
    );
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const once = 'setup\nprepare\ninput\nconclude\ncleanup\n';
    // One look, and two runs.
    expect(readFileSync(log, 'utf8')).toBe(once.repeat(3));
  });

  it('ends when a command fails, and says what it said; goes on when that is allowed', async () => {
    const failing = 'echo broken >&2; exit 3';
    const strict = await runBench(anyCaller, ['-r', '3', failing]);
    expect(strict.result.code).toBe(1);
    expect(strict.report.benchmarks[0]).toMatchObject({
      lanes: {},
      warnings: [{ code: 'NOT_MEASURED', lane: 'native' }],
    });
    expect(strict.report.benchmarks[0]?.warnings[0]?.message).toContain('ended with 3: broken');
    const loose = await runBench(anyCaller, ['-r', '3', '-i', failing]);
    expect(loose.result.code).toBe(0);
    expect(loose.report.benchmarks[0]?.lanes['native']?.wallMs?.samples).toHaveLength(3);
    const warnings = loose.report.benchmarks[0]?.warnings ?? [];
    expect(warnings.map(({ code }) => code)).toContain('RUNS_FAILED');
  });

  it('does not compare programs that print something else', async () => {
    const { report, result } = await runBench(anyCaller, [...bothBuilds('char-sign'), '-r', '3']);
    expect(result.code).toBe(0);
    expect(report.benchmarks[0]?.comparisons).toEqual([]);
    const warnings = report.benchmarks[0]?.warnings ?? [];
    expect(warnings.map(({ code }) => code)).toContain('OUTPUT_DIFFERS');
  });

  it('stops early where a target is reached, and says where it is not', async () => {
    const [wide, narrow] = await Promise.all([
      runBench(anyCaller, ['-r', '10', '--target-precision', '900%', '-N', 'true']),
      runBench(anyCaller, ['-r', '10', '--target-precision', '0%', '-N', 'true']),
    ]);
    const count = ({ report }: typeof wide): number =>
      report.benchmarks[0]?.lanes['native']?.wallMs?.samples.length ?? 0;
    expect(count(wide)).toBe(10);
    expect(count(narrow)).toBe(200);
    const codes = narrow.report.benchmarks[0]?.warnings.map(({ code }) => code) ?? [];
    expect(codes).toContain('TARGET_NOT_REACHED');
  });

  it('keeps what was measured when it is interrupted', async () => {
    const cwd = makeDirectory(anyCaller);
    const record = join(cwd, 'record.ndjson');
    const running = startCli(
      anyCaller,
      ['bench', '--json', '-r', '1000', '--record', record, '-N', 'sleep 0.05'],
      { cwd },
    );
    await waitFor('a first sample', () => hasSample(record), 60_000);
    running.child.kill('SIGINT');
    const result = await running.result;
    expect(result.code).toBe(130);
    const report = JSON.parse(result.stdout) as Awaited<ReturnType<typeof runBench>>['report'];
    expect(report.interrupted).toBe(true);
    const walls = report.benchmarks[0]?.lanes['native']?.wallMs?.samples ?? [];
    expect(walls.length).toBeGreaterThan(0);
    expect(walls.length).toBeLessThan(1000);
    const kept = samplesOf(record).filter(({ phase }) => phase === 'sample');
    expect(walls).toEqual(kept.map(({ wallMs }) => wallMs));
    expect(readEvents(record).at(-1)).toMatchObject({ type: 'run-finished', interrupted: true });
  });

  it.each(CALLERS)('leaves nothing but its record when it is killed, as $name', async (caller) => {
    const cwd = makeDirectory(caller);
    const record = join(cwd, 'record.ndjson');
    const before = readMounts();
    const words = ['bench', '-r', '1000', '--record', record, '--image', image('debian-tools')];
    const running = startCli(caller, [...words, '--', 'sleep', '0.05'], { cwd });
    await waitFor('a first sample', () => hasSample(record), 60_000);
    running.child.kill('SIGSTOP');
    const family = inspectFamily(running.pid);
    running.child.kill('SIGKILL');
    await running.result;
    await expectNoSurvivors(family);
    expect(readMounts()).toEqual(before);
    const shown = await runCli(caller, ['report', record]);
    expect(shown.stdout).toMatch(/(native|emulated) +\d/);
  });

  it('measures the benchmarks of suites, and leaves their cases alone', async () => {
    const cwd = makeDirectory(anyCaller);
    const suite = join(cwd, 's.yaml');
    const paths = `{linux/amd64: ${program('count-primes', 'amd64')}, linux/arm64: ${program('count-primes')}}`;
    writeFileSync(
      suite,
      `version: 1\nname: s\nsubject: {binary: ${paths}}\nbench:\n  - {name: few, args: ['100']}\n  - {name: more, args: ['200'], metrics: [wall, memory]}\n`,
    );
    const { report, result } = await runBench(anyCaller, [suite, '-r', '6'], { cwd });
    expect(result.code).toBe(0);
    expect(report.benchmarks.map(({ name }) => name)).toEqual(['s/few', 's/more']);
    expect(report.benchmarks.map(({ comparisons }) => comparisons.length)).toEqual([1, 2]);
    expect(report.means).toMatchObject([{ metric: 'wallMs', lane: 'emulated', benchmarks: 2 }]);
    const tested = await runCli(anyCaller, ['test', suite], { cwd });
    expect(tested.code).toBe(4);
  });

  it('writes what other tools read', async () => {
    const cwd = makeDirectory(anyCaller);
    const formats = ['hyperfine', 'csv', 'markdown', 'go', 'smaller-is-better'];
    const exports = formats.flatMap((format) => [`--export-${format}`, format]);
    await runBench(anyCaller, ['-r', '3', '-N', '-n', 'nothing', 'true', ...exports], { cwd });
    const read = (name: string): string => readFileSync(join(cwd, name), 'utf8');
    expect(JSON.parse(read('hyperfine'))).toMatchObject({ results: [{ command: 'nothing' }] });
    expect(read('csv')).toContain('\nnothing,native,wallMs,3,');
    expect(read('markdown')).toContain('| `nothing` | native |');
    expect(read('go')).toMatch(/^BenchmarkNothing\/lane=native 1 \d+ ns\/op/m);
    expect(JSON.parse(read('smaller-is-better'))).toMatchObject([{ name: 'nothing', unit: 'ms' }]);
  });

  it.each([
    ['nothing to measure', [], 'NOTHING_TO_MEASURE'],
    ['--fail-above alone', ['--fail-above', '5%', 'true'], '--fail-above needs a --baseline'],
    ['a baseline that is not there', ['--baseline', 'none.json', 'true'], 'BASELINE_UNREADABLE'],
    ['an unknown metric', ['--metric', 'speed', 'true'], 'no metric "speed"'],
    ['image and binary', ['--image', 'x', '--binary', 'arm64=y'], 'exclude each other'],
  ])('refuses %s', async (_, words, message) => {
    const result = await runCli(anyCaller, ['bench', ...words]);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(message);
  });
});
