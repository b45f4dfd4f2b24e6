import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anyCaller, CALLERS, image, makeDirectory, ROOT, runCli } from './cli.ts';
import { readOnlyAt } from './own-mounts.ts';
import { parseReport, verdictsOf } from './records.ts';
import { actorOptions, copySuite, runSuite, SUITES } from './suites.ts';

const verdicts = join(SUITES, 'verdicts.yaml');

describe.each(CALLERS)('exit codes of archparity test, as $name', (caller) => {
  it.each([
    ['0 when all is well', ['--filter', 'tag(good)'], 0],
    ['0 when what diverges is known', ['--filter', 'tag(known)'], 0],
    ['0 for a flaky case', ['--filter', 'tag(flaky)'], 0],
    ['1 for a flaky case with --strict', ['--filter', 'tag(flaky)', '--strict'], 1],
    ['1 for a divergence', ['--filter', 'diverged by exit'], 1],
    ['1 for a timeout', ['--filter', 'tag(slow)'], 1],
    ['4 when everything was skipped', ['--filter', 'tag(skip)'], 4],
    ['4 when the filter leaves nothing', ['--filter', 'no such case'], 4],
  ] as const)('are %s', async (_name, words, code) => {
    const { result } = await runSuite(caller, words);
    expect(result.code).toBe(code);
  });

  it('are 4 with the reason when a filter leaves nothing', async () => {
    const { stdout, code } = await runCli(caller, [
      ...['test', join(SUITES, 'only-amd64.yaml'), ...actorOptions()],
      ...['--filter', 'no such case'],
    ]);
    expect(stdout).toContain('warning: --filter leaves none of one case\n');
    expect(code).toBe(4);
  });

  it('are 4 when nothing could be compared, and 3 when a lane broke', async () => {
    const [one, infra] = await Promise.all([
      runCli(caller, [
        'test',
        join(SUITES, 'only-amd64.yaml'),
        ...actorOptions().slice(0, 2),
        '--reporter',
        'json',
      ]),
      runCli(caller, [
        'test',
        join(SUITES, 'image-user.yaml'),
        ...['--image', image('debian-tools'), '--reporter', 'json'],
      ]),
    ]);
    expect(verdictsOf(parseReport(one.stdout))).toEqual({ unsupported: 'unsupported' });
    expect(one.code).toBe(4);
    expect(verdictsOf(parseReport(infra.stdout))).toEqual({
      'as somebody': 'infra-error',
      fine: 'match',
    });
    expect(infra.code).toBe(3);
  });

  it('are 0 when a binary in the place of an image leaves out the cases with a user', async () => {
    const suite = join(SUITES, 'image-user.yaml');
    const { report, result } = await runSuite(caller, [], { suite });
    expect(verdictsOf(report)).toEqual({ 'as somebody': 'unsupported', fine: 'match' });
    expect(result.code).toBe(0);
    const list = await runCli(caller, ['test', suite, ...actorOptions(), '--list']);
    expect(list.stdout).toContain('image-user/as somebody  (no lane)\n');
    expect(result.stdout).toContain('only an image has users: a binary runs as you');
  });
});

describe('a lane that cannot be opened', () => {
  // Nothing is registered on the host, so this fallback is not there.
  const absent = 'emulated,binfmt=host';
  const run = (lanes: readonly string[], filter: string) =>
    runSuite(anyCaller, [...lanes.flatMap((lane) => ['--lane', lane]), '--filter', filter]);

  it('leaves its cases unsupported, is named in the report, and the exit code is 3', async () => {
    const { result, report } = await run(['native', absent], 'tag(quick)');
    expect(verdictsOf(report)).toEqual({ match: 'unsupported' });
    expect(report.summary).toMatchObject({ match: 0, unsupported: 1, total: 1 });
    expect(report.failedLanes).toMatchObject([{ id: absent }]);
    expect(report.cases[0]?.lanes[absent]).toMatchObject({ verdict: 'unsupported', attempts: [] });
    expect(report.cases[0]?.lanes['native']?.verdict).toBe('match');
    expect(result.code).toBe(3);
    expect(result.stdout).toContain('the lane could not be opened (');
  });

  it('does not undo what two others show', async () => {
    const { result, report } = await run(['native', absent, 'emulated'], 'tag(quick)');
    expect(verdictsOf(report)).toEqual({ match: 'match' });
    expect(report.failedLanes).toMatchObject([{ id: absent }]);
    expect(result.code).toBe(3);
  });

  it('says nothing about cases that are not for it', async () => {
    const { report } = await run(['native', absent], 'tag(skip) | tag(quick) & lane(native)');
    expect(verdictsOf(report)).toEqual({ match: 'match', skipped: 'skipped' });
  });
});

describe('options of archparity test', () => {
  const caller = anyCaller;

  it('--list names cases and lanes and runs nothing', async () => {
    const cwd = makeDirectory(caller);
    const result = await runCli(
      caller,
      ['test', verdicts, ...actorOptions(), '--list', '--filter', 'tag(good)'],
      { cwd },
    );
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout.trim().split('\n')).toHaveLength(10);
    expect(result.stdout).toContain('verdicts/match  native, emulated\n');
    expect(existsSync(join(cwd, '.archparity'))).toBe(false);
  });

  it('--filter takes expressions, and several of them', async () => {
    const list = async (...words: string[]): Promise<string[]> => {
      const { stdout } = await runCli(caller, [
        'test',
        verdicts,
        ...actorOptions(),
        '--list',
        ...words,
      ]);
      return stdout
        .trim()
        .split('\n')
        .map((line) => line.replace(/ {2}.*/, ''));
    };
    expect(await list('--filter', 'tag(good) & tag(quick)')).toEqual(['verdicts/match']);
    expect(await list('--filter', 'tag(slow) | tag(flaky)')).toEqual([
      'verdicts/flaky',
      'verdicts/timeout',
    ]);
    const lane = await runCli(caller, [
      'test',
      verdicts,
      ...actorOptions(),
      '--list',
      '--filter',
      'tag(quick) & lane(emulated)',
    ]);
    expect(lane.stdout).toBe('verdicts/match  emulated\n');
  });

  it('--shard divides the cases without rest', async () => {
    const shards = await Promise.all(
      [1, 2, 3].map(async (index) => {
        const words = ['--list', '--shard', `${index}/3`];
        return (await runCli(caller, ['test', verdicts, ...actorOptions(), ...words])).stdout
          .trim()
          .split('\n');
      }),
    );
    const all = (await runCli(caller, ['test', verdicts, ...actorOptions(), '--list'])).stdout
      .trim()
      .split('\n');
    expect(all).toHaveLength(25);
    expect(shards.flat().toSorted()).toEqual(all.toSorted());
    for (const shard of shards) expect(shard.length).toBeGreaterThan(5);
  });

  it('--fail-fast stops at the first failure', async () => {
    const { result, report } = await runSuite(caller, [
      '--filter',
      'tag(bad)',
      '--fail-fast',
      '-j',
      '1',
    ]);
    expect(result.code).toBe(1);
    expect(report.cases.length).toBeLessThan(5);
    expect(report.cases.length).toBeGreaterThan(0);
  });

  it('--retries runs what fails again, and only that', async () => {
    const { report } = await runSuite(caller, [
      '--filter',
      'mismatch on one lane',
      '--filter',
      'tag(quick)',
      '--retries',
      '2',
    ]);
    const attempts = Object.fromEntries(
      report.cases.map((entry) => [entry.name, entry.lanes['native']?.attempts.length]),
    );
    expect(attempts).toEqual({ match: 1, 'mismatch on one lane': 3 });
  });

  it('--timeout replaces every deadline', async () => {
    const { report } = await runSuite(caller, ['--filter', 'tag(slow)', '--timeout', '1s']);
    expect(verdictsOf(report)).toEqual({ timeout: 'timeout' });
    expect(report.cases[0]?.lanes['native']?.attempts[0]?.stdout).toBe('staying\n');
  });

  it('--record names the record, and no run directory is made', async () => {
    const { cwd } = await runSuite(caller, ['--filter', 'tag(quick)', '--record', 'r.ndjson']);
    expect(existsSync(join(cwd, '.archparity'))).toBe(false);
    const again = await runCli(caller, ['report', './r.ndjson'], { cwd });
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain('1 case');
  });

  it('writes reports to files, valid ones', async () => {
    const { cwd } = await runSuite(caller, [
      '--filter',
      'tag(bad)',
      '--reporter',
      'junit=out.xml',
      '--reporter',
      'json=out.json',
    ]);
    const report = parseReport(readFileSync(join(cwd, 'out.json'), 'utf8'));
    expect(report.cases.length).toBeGreaterThan(5);
    const schema = join(ROOT, 'test/fixtures/junit.xsd');
    execFileSync('xmllint', ['--noout', '--schema', schema, join(cwd, 'out.xml')], {
      stdio: 'pipe',
    });
  });

  it('prints the live report on a pipe as the record shows it', async () => {
    const cwd = makeDirectory(caller);
    const words = [
      'test',
      verdicts,
      ...actorOptions(),
      '--filter',
      'tag(known) | name(diverged by exit)',
    ];
    const live = await runCli(caller, words, { cwd });
    expect(live).toMatchObject({ code: 1, stderr: '' });
    expect(live.stdout).toContain('verdicts/diverged by exit');
    expect(live.stdout).not.toContain('\x1b');
    const again = await runCli(caller, ['report'], { cwd });
    expect(again).toMatchObject({ code: 0, stdout: live.stdout, stderr: '' });
    const runs = readdirSync(join(cwd, '.archparity/runs')).filter((name) => name !== 'last');
    expect(runs).toHaveLength(1);
  });

  it('--accept declares what diverges, once, and the suite passes then', async () => {
    const { file, directory } = copySuite(caller);
    const wanted = ['--filter', 'diverged'];
    const first = await runSuite(caller, [...wanted, '--accept'], { suite: file });
    expect(first.result.code).toBe(1);
    expect(first.result.stderr).toContain(file);
    const accepted = readFileSync(file, 'utf8');
    const original = readFileSync(verdicts, 'utf8');
    expect(accepted.length).toBeGreaterThan(original.length);
    expect(accepted.match(/known:/g)?.length).toBe((original.match(/known:/g)?.length ?? 0) + 4);
    const second = await runSuite(caller, [...wanted, '--accept'], { suite: file });
    expect(second.result.code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(accepted);
    expect(readdirSync(directory).toSorted()).toEqual(['input.txt', 'verdicts.yaml']);
  });

  it('--accept replaces entries that are unmet, expired or elsewhere', async () => {
    const { file } = copySuite(caller);
    const wanted = ['--filter', 'known but', '--filter', 'known elsewhere'];
    const first = await runSuite(caller, [...wanted, '--accept'], { suite: file });
    expect(first.result.code).toBe(1);
    expect(first.result.stderr).toContain('for 90 days');
    const second = await runSuite(caller, wanted, { suite: file });
    expect(Object.values(verdictsOf(second.report))).toEqual(['match', 'match', 'match']);
    expect(second.result.code).toBe(0);
  });

  it('--accept refuses a suite that cannot be written, before it runs anything', async () => {
    const { file, directory } = copySuite(caller);
    const words = ['test', file, ...actorOptions(), '--filter', 'diverged by exit', '--accept'];
    const { code, stdout, stderr } = await runCli(caller, words, {
      cwd: directory,
      through: readOnlyAt(caller, file),
    });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain(`${file} cannot be written: the file system is read-only.`);
    expect(readdirSync(directory).toSorted()).toEqual(['input.txt', 'verdicts.yaml']);
  });

  it('compares two emulated lanes, and more than two', async () => {
    const { report, result } = await runSuite(caller, [
      '--filter',
      'tag(quick) | name(diverged by exit)',
      '--lane',
      'a=emulated',
      '--lane',
      'b=emulated,cpu=cortex-a53',
      '--lane',
      'native',
    ]);
    expect(Object.keys(report.cases[0]?.lanes ?? {}).toSorted()).toEqual(['a', 'b', 'native']);
    expect(result.code).toBe(1);
    const alike = await runSuite(caller, [
      '--filter',
      'diverged by exit',
      '--lane',
      'a=emulated',
      '--lane',
      'b=emulated,cpu=max',
    ]);
    expect(verdictsOf(alike.report)).toEqual({ 'diverged by exit': 'match' });
  });

  it('makes a run directory below the working directory and nothing else', async () => {
    const cwd = makeDirectory(caller);
    mkdirSync(join(cwd, 'sub'));
    writeFileSync(join(cwd, 'sub/file'), '');
    await runSuite(caller, ['--filter', 'tag(quick)'], { cwd });
    expect(readdirSync(cwd).toSorted()).toEqual(['.archparity', 'sub']);
  });
});
