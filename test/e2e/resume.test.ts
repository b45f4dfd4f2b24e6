// What a run takes over of an earlier one, which was killed, interrupted, or had failures.
import {
  appendFileSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileProgram } from '../setup/compile-program.ts';
import {
  anyCaller,
  machine,
  makeDirectory,
  runCli,
  startCli,
  unprivileged,
  waitFor,
} from './cli.ts';
import { parseReport, readEvents, verdictsOf } from './records.ts';
import { actorOptions, copySuite, runSuite, SUITES } from './suites.ts';

const caller = unprivileged;

/** The names of the cases of which a record has new attempts: what was taken over began with none. */
function namesRun(record: string): string[] {
  return readEvents(record).flatMap((event) =>
    event.type === 'attempt-started' && event.laneId === 'native'
      ? [event.caseId.replace(/^.*?\//, '')]
      : [],
  );
}

const namesFinished = (record: string): string[] =>
  readFileSync(record, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{"type":"case-finished"'))
    .map((line) => (JSON.parse(line) as { result: { definition: { name: string } } }).result)
    .map(({ definition }) => definition.name);

describe('--resume', () => {
  const suite = join(SUITES, 'resume.yaml');

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'runs only what a run had not finished that ended by %s, into the same file too',
    async (signal) => {
      const cwd = makeDirectory(caller);
      const record = join(cwd, 'run.ndjson');
      const words = ['test', suite, ...actorOptions(), '--referee', 'none', '--record', record];
      const running = startCli(caller, [...words, '-j', '2'], { cwd });
      const isDone = (): boolean => existsSync(record) && namesFinished(record).length >= 3;
      await waitFor('the short cases', isDone, 120_000);
      running.child.kill(signal);
      await running.result;
      const before = namesFinished(record);
      // The line that a kill cut in its middle.
      if (signal === 'SIGKILL') writeFileSync(record, '{"type":"case-fin', { flag: 'a' });

      const options = ['--resume', record, '--timeout', '500ms', '--reporter', 'json'];
      const again = await runCli(caller, [...words, ...options], { cwd });
      expect(again.stderr).toBe(`archparity: 3 of 5 cases are carried over from ${record}\n`);
      const report = parseReport(again.stdout);
      const verdicts = { one: 'match', two: 'match', differs: 'diverged' };
      expect(verdictsOf(report)).toEqual({ ...verdicts, stays: 'timeout', 'never begun': 'match' });
      expect(report.cases.map(({ name }) => name)).toEqual([
        'one',
        'two',
        'differs',
        'stays',
        'never begun',
      ]);
      expect(again.code).toBe(1);
      expect(namesRun(record).toSorted()).toEqual(['never begun', 'stays']);
      expect(namesFinished(record).slice(0, 3).toSorted()).toEqual(before.toSorted());
      expect(existsSync(`${record}.new`)).toBe(false);
      const shown = await runCli(caller, ['report', record, '--reporter', 'json'], { cwd });
      expect(shown.stdout).toBe(again.stdout);
    },
  );

  it('runs again what has changed since, and what is on another lane', async () => {
    const { file, directory } = copySuite(caller);
    const good = ['--filter', 'tag(good)'];
    // A record of its own that is not there yet, or that says nothing, is one to begin.
    const cut = join(directory, 'r.ndjson');
    writeFileSync(cut, '{"type":"run-st');
    chownSync(cut, caller.uid, caller.gid);
    for (const name of ['new.ndjson', 'r.ndjson']) {
      const run = [...good, '--record', name, '--resume', name];
      const { result } = await runSuite(caller, run, { suite: file, cwd: directory });
      expect(result).toMatchObject({ code: 0, stderr: '' });
    }
    const text = readFileSync(file, 'utf8');
    const changed = text.replace(
      'args: [say, hello, two words]',
      "args: [say, hello, 'two words', '']",
    );
    writeFileSync(file, changed.replace('equals: "hello\\ntwo words\\n"', 'contains: hello'));
    const resume = async (...words: string[]): Promise<string> => {
      const run = [...good, '--resume', './r.ndjson', ...words];
      return (await runSuite(caller, run, { suite: file, cwd: directory })).result.stderr;
    };
    expect(await resume()).toBe('archparity: 9 of 10 cases are carried over from ./r.ndjson\n');
    const other = await resume('--lane', 'native');
    expect(other).toBe('archparity: 0 of 10 cases are carried over from ./r.ndjson\n');
  });
});

describe('what was tested', () => {
  const SUITE = `version: 1
name: built
subject: {binary: {linux/amd64: prog}}
defaults: {timeout: 60s}
cases:
  - {name: plain, args: [say, one]}
  - {name: with a fixture, args: [say, two], fixtures: [data]}
  - {name: with stdin, args: [say, three], stdinFile: in.txt}
`;

  it('is carried over while program, fixtures and stdin are what they were', async () => {
    const cwd = makeDirectory(anyCaller, 'built');
    const path = (name: string): string => join(cwd, name);
    copyFileSync(compileProgram('actor', 'amd64', machine.directory), path('prog'));
    writeFileSync(path('suite.yaml'), SUITE);
    mkdirSync(path('data'));
    writeFileSync(path('data/one'), '1');
    writeFileSync(path('in.txt'), '1');
    const run = async (): Promise<string> => {
      const words = ['suite.yaml', '--lane', 'native', '--record', 'part', '--resume', 'part'];
      const result = await runCli(anyCaller, ['test', ...words], { cwd });
      expect(result, result.stderr).toMatchObject({ code: 0 });
      return result.stderr;
    };
    const carried = (count: number): string =>
      `archparity: ${count} of 3 cases are carried over from part\n`;
    expect(await run()).toBe('');
    expect(await run()).toBe(carried(3));
    // Another program of the same behaviour, with the time of the first.
    const { mtime } = statSync(path('prog'));
    appendFileSync(path('prog'), 'rebuilt');
    utimesSync(path('prog'), mtime, mtime);
    expect(await run()).toBe(carried(0));
  });
});

describe('--rerun-failed', () => {
  it('runs what failed, and is a whole run with the rest', async () => {
    const cwd = makeDirectory(caller);
    const words = ['--filter', 'tag(good) | tag(known) | name(mismatch on one lane)'];
    const first = await runSuite(caller, words, { cwd });
    expect(first.result.code).toBe(1);
    const again = await runSuite(caller, [...words, '--rerun-failed', 'last'], { cwd });
    expect(again.result.code).toBe(1);
    expect(again.report.summary).toEqual(first.report.summary);
    expect(again.report.cases.map(({ name }) => name)).toEqual(
      first.report.cases.map(({ name }) => name),
    );
    const record = join(cwd, '.archparity/runs/last/record.ndjson');
    expect(namesRun(record)).toEqual(['mismatch on one lane']);
  });
});

describe('how often cases are run', () => {
  it('is --repeat: what is not always the same is flaky', async () => {
    const words = ['--filter', 'tag(flaky) | tag(quick)', '--lane', 'native', '--repeat', '3'];
    const { report, result } = await runSuite(caller, words);
    expect(verdictsOf(report)).toEqual({ match: 'match', flaky: 'flaky' });
    for (const { lanes } of report.cases) expect(lanes['native']?.attempts).toHaveLength(3);
    expect(result.code).toBe(0);
    const until = await runSuite(caller, [
      ...words.slice(0, -1),
      '100',
      '--until-diverged',
      '--strict',
    ]);
    const counts = until.report.cases.map(({ name, lanes }) => [
      name,
      lanes['native']?.attempts.length,
    ]);
    expect(Object.fromEntries(counts)).toEqual({ match: 100, flaky: 2 });
    expect(until.result.code).toBe(1);
  });

  it('is --retries for failures that --retry-on matches', async () => {
    const words = ['--filter', 'name(mismatch)', '--retries', '1', '--retry-on', 'exit (0|code)'];
    const { report } = await runSuite(caller, words);
    const counts = report.cases.map(({ name, lanes }) => [name, lanes['native']?.attempts.length]);
    expect(Object.fromEntries(counts)).toEqual({
      mismatch: 2,
      'mismatch on one lane': 1,
      'mismatch by setup': 1,
      'mismatch of a missing file': 1,
    });
  });
});

describe('shards', () => {
  it('are balanced by --timings, and taken from the engine by auto', async () => {
    const cwd = makeDirectory(caller);
    const suite = join(SUITES, 'verdicts.yaml');
    const good = ['--filter', 'tag(good)'];
    await runSuite(caller, [...good, '--record', 'r.ndjson'], { cwd });
    // What takes longest is chance: here it is the case that is first.
    const text = readFileSync(join(cwd, 'r.ndjson'), 'utf8');
    const slow = text.replace(/(?<="caseId":"verdicts\/match",.*?"wallMs":)[\d.]+/, '60000');
    writeFileSync(join(cwd, 'slow.ndjson'), slow);
    const list = (shard: string, env: Readonly<Record<string, string>> = {}) => {
      const words = ['--list', '--shard', shard, '--timings', './slow.ndjson', ...good];
      return runCli(caller, ['test', suite, ...actorOptions(), ...words], { cwd, env });
    };
    const first = await list('1/2');
    expect(first).toMatchObject({ stdout: 'verdicts/match  native, emulated\n', stderr: '' });
    const rest = await list('auto', { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '2' });
    expect(rest.stderr).toBe('archparity: shard 2/2, as GitLab says\n');
    expect(rest.stdout.trim().split('\n')).toHaveLength(9);
    expect(rest.stdout).not.toContain('verdicts/match  ');
  });
});

describe('options that make no sense', () => {
  const cwd = makeDirectory(anyCaller);
  const suite = join(SUITES, 'verdicts.yaml');

  it.each([
    [['--timings', 'r.ndjson'], 'USAGE'],
    [['--until-diverged'], 'USAGE'],
    [['--repeat', '0'], 'USAGE'],
    [['--repeat', '2', '--retries', '1'], '--repeat and --retries exclude each other'],
    [['--repeat', '2', '--retry-on', 'exit'], '--repeat and --retry-on exclude each other'],
    [['--resume', 'last', '--rerun-failed', 'last'], 'USAGE'],
    [['--retry-on', '('], 'PATTERN_INVALID'],
    [['--shard', 'auto'], 'SHARD_NOT_GIVEN'],
    [['--shard', '1/2', '--timings', './none.ndjson'], 'RECORD_NOT_FOUND'],
    [['--resume', './none.ndjson'], 'RECORD_NOT_FOUND'],
    [['--rerun-failed', 'last'], 'RUN_NOT_FOUND'],
  ] as const)('are refused before anything runs: %j', async (words, said) => {
    const result = await runCli(anyCaller, ['test', suite, ...actorOptions(), ...words], { cwd });
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain(said);
    expect(existsSync(join(cwd, '.archparity'))).toBe(false);
  });

  it('leave a record alone that is given again', async () => {
    const record = join(makeDirectory(anyCaller), 'r.ndjson');
    copyFileSync(join(SUITES, '../records/every-verdict.ndjson'), record);
    const before = readFileSync(record, 'utf8');
    const result = await runCli(anyCaller, ['merge', record, '-o', record]);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain('(MERGE_OVERWRITES)');
    const words = ['--rerun-failed', record, '--reporter', `json=${record}`];
    const again = await runCli(anyCaller, ['test', suite, ...actorOptions(), ...words], { cwd });
    expect(again).toMatchObject({ code: 2, stdout: '' });
    expect(again.stderr).toContain('(REPORTER_OVERWRITES)');
    expect(readFileSync(record, 'utf8')).toBe(before);
  });
});
