// Cases that go well and prove less than they seem to: that is said, in every kind of report.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { anyCaller, image, makeDirectory, runCli, type CliResult } from './cli.ts';
import { parseReport, verdictsOf } from './records.ts';
import { runSuite, type SuiteRun } from './suites.ts';

const SUITE = `version: 1
name: weak
subject: {binary: {linux/amd64: a, linux/arm64: b}}
defaults: {timeout: 60s}
cases:
  - name: floods
    args: [flood, '4']
    limits: {output: 100B, memory: 64M}
  - name: leaves something
    args: [say, done]
    teardown: [[sh, -c, exit 3]]
    limits: {memory: 64M}
`;

describe('a command that is there on no lane', () => {
  it('fails, and is said to be missing', async () => {
    const cwd = makeDirectory(anyCaller);
    const suite = join(cwd, 'missing.yaml');
    const head = SUITE.slice(0, SUITE.indexOf('cases:'));
    writeFileSync(suite, `${head}cases: [{name: missing, run: [nosuchprog]}]\n`);
    const run = await runSuite(anyCaller, [], { suite, cwd });
    expect(verdictsOf(run.report)).toEqual({ missing: 'mismatch' });
    expect(run.result.code).toBe(1);
    const { stdout } = await runCli(anyCaller, ['report'], { cwd });
    expect(stdout).toMatch(/mismatch .*nosuchprog was not found.* on native, emulated/);
  });
});

describe('output beyond the limit', () => {
  it('is compared by a digest, and said to differ by that', async () => {
    const cwd = makeDirectory(anyCaller);
    const suite = join(cwd, 'cut.yaml');
    const cases = ['arch | md5sum', 'echo same'].map(
      (last) => `  - {name: ${last}, run: 'yes | head -n 500; ${last}', limits: {output: 100B}}`,
    );
    const subject = `subject: {image: '${image('debian-tools')}'}`;
    writeFileSync(suite, ['version: 1', 'name: cut', subject, 'cases:', ...cases, ''].join('\n'));
    const run = await runCli(anyCaller, ['test', suite, '--reporter', 'json'], { cwd });
    const report = parseReport(run.stdout);
    expect(verdictsOf(report)).toEqual({ 'arch | md5sum': 'diverged', 'echo same': 'match' });
    const { stdout } = await runCli(anyCaller, ['report'], { cwd });
    expect(stdout).toContain('stdout differs at bytes beyond the limit');
    expect(stdout).toContain('nothing is hidden by normalisers there');
  });
});

describe('results that are weaker than they look', () => {
  let run: SuiteRun;
  let live: CliResult;
  beforeAll(async () => {
    const cwd = makeDirectory(anyCaller);
    const suite = join(cwd, 'weak.yaml');
    writeFileSync(suite, SUITE);
    const words = ['--lane', 'native', '--lane', 'native2=native,isolation=none', '-j', '1'];
    run = await runSuite(anyCaller, words, { suite, cwd });
    live = await runCli(anyCaller, ['report', '--reporter', 'live'], { cwd });
  });

  it('are well all the same', () => {
    expect(verdictsOf(run.report)).toEqual({ floods: 'match', 'leaves something': 'match' });
    expect(run.result.code).toBe(0);
  });

  it('say in the JSON report what was not enforced, cut, or left', () => {
    const [floods, leaves] = run.report.cases;
    expect(floods?.lanes['native']?.attempts[0]).toMatchObject({
      truncated: true,
      unenforcedLimits: ['memory'],
    });
    expect(leaves?.lanes['native']?.attempts[0]).toMatchObject({
      truncated: false,
      notes: ['teardown step 1 failed (exit 3)'],
    });
    expect(leaves?.lanes['native2']?.attempts[0]?.notes).toContainEqual(
      expect.stringContaining('cannot isolate the network'),
    );
  });

  it('say it below the line of the case, once', () => {
    expect(live.stdout).toContain('the same on both');
    expect(live.stdout).toContain(
      'native, native2: stdout was cut: 100 of 256 bytes were kept, the rest was compared by a digest',
    );
    expect(live.stdout).toContain('teardown step 1 failed (exit 3)');
    expect(live.stdout.match(/ {2}native, native2: limits not enforced: memory\n/g)).toHaveLength(
      1,
    );
    expect(live.stdout).toContain('limits not enforced: memory (on 1 more case)');
    expect(live.stdout).toMatch(/native2: .*cannot isolate the network/);
  });

  it('are in the record', () => {
    const record = readFileSync(join(run.cwd, '.archparity/runs/last/record.ndjson'), 'utf8');
    expect(record).toContain('"unenforcedLimits":["memory"]');
    expect(record).toContain('cannot isolate the network');
  });
});
