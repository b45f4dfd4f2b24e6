import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { CALLERS, makeDirectory, runCli, unprivileged } from './cli.ts';
import { parseReport, readEvents, verdictsOf } from './records.ts';
import { actorOptions, runSuite, SUITES, type SuiteRun } from './suites.ts';

/** What each case of test/fixtures/suites/verdicts.yaml must get. */
const VERDICTS: Readonly<Record<string, string>> = {
  match: 'match',
  'match of signals': 'match',
  'match with stdin': 'match',
  'match with a stdin file': 'match',
  'match with env': 'match',
  'match with setup and teardown': 'match',
  'match of files': 'match',
  'match of platform checks': 'match',
  'match of truncated output': 'match',
  mismatch: 'mismatch',
  'mismatch on one lane': 'mismatch',
  'mismatch by setup': 'mismatch',
  'mismatch of a missing file': 'mismatch',
  diverged: 'diverged',
  'diverged by exit': 'diverged',
  'diverged by files': 'diverged',
  'diverged beyond the limit': 'diverged',
  flaky: 'flaky',
  timeout: 'timeout',
  skipped: 'skipped',
  known: 'match',
  'known but expired': 'diverged',
  'known but unmet': 'match',
  'known elsewhere': 'diverged',
  secret: 'match',
};

describe.each(CALLERS)('archparity test of every verdict, as $name', (caller) => {
  let run: SuiteRun;
  beforeAll(async () => {
    run = await runSuite(
      caller,
      ['--reporter', 'text=text.txt', '--reporter', 'junit=junit.xml', '-j', '4'],
      {
        env: { ACTOR_SECRET: 't0psecret-value' },
      },
    );
  }, 180_000);

  it('gives each case the right one', () => {
    expect(verdictsOf(run.report)).toEqual(VERDICTS);
    expect(run.result.code).toBe(1);
    const counts = Object.values(VERDICTS).reduce<Record<string, number>>((sum, verdict) => {
      sum[verdict] = (sum[verdict] ?? 0) + 1;
      return sum;
    }, {});
    expect(run.report.summary).toMatchObject({ ...counts, infraError: 0, total: 25 });
  });

  it('says what a case did on each lane', () => {
    const diverged = run.report.cases.find(({ name }) => name === 'diverged');
    expect(diverged?.lanes['native']?.attempts[0]).toMatchObject({
      exit: 0,
      stdout: 'I am for amd64\n',
    });
    expect(diverged?.lanes['emulated']?.attempts[0]).toMatchObject({
      exit: 0,
      stdout: 'I am for arm64\n',
    });
    const signals = run.report.cases.find(({ name }) => name === 'match of signals');
    for (const lane of ['native', 'emulated'])
      expect(signals?.lanes[lane]?.attempts[0]).toMatchObject({ exit: null, signal: 'SIGABRT' });
    const flaky = run.report.cases.find(({ name }) => name === 'flaky');
    expect(flaky?.lanes['native']?.attempts).toHaveLength(2);
  });

  it('keeps no more output than the limit, and says so', () => {
    const flood = run.report.cases.find(({ name }) => name === 'match of truncated output');
    for (const lane of ['native', 'emulated']) {
      const attempt = flood?.lanes[lane]?.attempts[0];
      expect(attempt).toMatchObject({ truncated: true, exit: 0 });
      expect(attempt?.stdout.length).toBe(1024);
    }
  });

  it('names unmet and expired declarations in the text', () => {
    const text = readFileSync(join(run.cwd, 'text.txt'), 'utf8');
    expect(text).toMatch(/known but unmet/);
    expect(text).toMatch(/2020-01-01/);
    expect(text).toContain('no luck');
    expect(text).not.toContain('[');
  });

  it('lists cases in the order of the suite, though four ran at once', async () => {
    const words = ['test', join(SUITES, 'verdicts.yaml'), ...actorOptions(), '--list'];
    const { stdout } = await runCli(caller, words);
    const planned = stdout
      .trim()
      .split('\n')
      .map((line) => line.replace(/^verdicts\/(.*?) {2}.*/, '$1'));
    expect(run.report.cases.map(({ name }) => name)).toEqual(planned);
    const text = readFileSync(join(run.cwd, 'text.txt'), 'utf8');
    const blocks = Array.from(text.matchAll(/^── \S+ {2}verdicts\/(.*?) ─/gm), ([, name]) => name);
    expect(blocks.length).toBeGreaterThan(5);
    expect(blocks).toEqual(planned.filter((name) => blocks.includes(name)));
  });

  it('stores secrets nowhere', () => {
    const record = readFileSync(join(run.cwd, '.archparity/runs/last/record.ndjson'), 'utf8');
    const files = ['text.txt', 'junit.xml'].map((name) =>
      readFileSync(join(run.cwd, name), 'utf8'),
    );
    for (const text of [run.result.stdout, run.result.stderr, record, ...files])
      for (const secret of ['t0psecret-value', 's3t-by-the-suite'])
        expect(text.includes(secret)).toBe(false);
    expect(verdictsOf(run.report)['secret']).toBe('match');
  });

  it('shows the same again from the record', async () => {
    const [text, json, junit] = await Promise.all(
      (['text', 'json', 'junit'] as const).map((reporter) =>
        runCli(caller, ['report', 'last', '--reporter', reporter], { cwd: run.cwd }),
      ),
    );
    expect(text?.stdout).toBe(readFileSync(join(run.cwd, 'text.txt'), 'utf8'));
    expect(parseReport(json?.stdout ?? '')).toEqual(run.report);
    expect(junit?.stdout).toBe(readFileSync(join(run.cwd, 'junit.xml'), 'utf8'));
    for (const result of [text, json, junit]) expect(result).toMatchObject({ code: 0, stderr: '' });
  });

  it('records all events in order', () => {
    const events = readEvents(join(run.cwd, '.archparity/runs/last/record.ndjson'));
    expect(events[0]?.type).toBe('run-started');
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', exitCode: 1, interrupted: false });
    expect(events.filter(({ type }) => type === 'lane-opened')).toHaveLength(2);
    expect(events.filter(({ type }) => type === 'case-finished')).toHaveLength(25);
  });
});

it('a case is not kept waiting for the end of a long one while there is room', async () => {
  const cwd = makeDirectory(unprivileged);
  const cases = [
    `  - {name: long, args: [sleep, '3']}`,
    `  - {name: short, args: [say, a]}`,
    `  - {name: other, args: [sleep, '3']}`,
  ];
  const head = ['version: 1', 'name: room', 'subject: {binary: {linux/amd64: a}}', 'cases:'];
  writeFileSync(join(cwd, 'room.yaml'), [...head, ...cases, ''].join('\n'));
  const words = ['test', 'room.yaml', ...actorOptions(), '--lane', 'native', '-j', '2'];
  const { code, stderr } = await runCli(unprivileged, words, { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const events = readEvents(join(cwd, '.archparity/runs/last/record.ndjson'));
  const attempts = events.flatMap((event) =>
    event.type === 'attempt-started' || event.type === 'attempt-finished'
      ? [`${event.caseId} ${event.type.replace('attempt-', '')}`]
      : [],
  );
  expect(attempts.indexOf('room/other started')).toBeLessThan(
    attempts.indexOf('room/long finished'),
  );
});
