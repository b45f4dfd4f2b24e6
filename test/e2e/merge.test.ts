import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { anyCaller, makeDirectory, runCli, unprivileged, type CliResult } from './cli.ts';
import { makeMachine, redactReport, type Machine } from './machines.ts';
import { parseReport, verdictsOf } from './records.ts';
import { SUITES } from './suites.ts';
import { callersWithGuests } from './vm-callers.ts';

const SUITE = join(SUITES, 'merge.yaml');
/** All reporters; `live` is `text` where there is no terminal. */
const REPORTERS = ['text', 'json', 'junit', 'html', 'github', 'markdown', 'tap'] as const;
const SHARDS = ['1', '2', '3'] as const;

const caller = callersWithGuests().at(-1) ?? unprivileged;
const directory = makeDirectory(caller, 'merged');
const machines: Machine[] = [];
let one: Machine;

/** Merges records in the directory of all. */
const merge = (...words: readonly string[]): Promise<CliResult> =>
  runCli(caller, ['merge', ...words], { cwd: directory });

/** Lines of `text` come as cases end, and that is chance. */
const inOrder = (text: string, reporter: string): string =>
  reporter === 'text' ? text.split('\n').toSorted().join('\n') : text;

beforeAll(async () => {
  one = makeMachine(caller, 'one', { suite: SUITE, cacheDir: caller.cacheDir });
  const board = makeMachine(caller, 'board', { suite: SUITE, cacheDir: caller.cacheDir });
  const sharded = SHARDS.map((name) => makeMachine(caller, `m${name}`, { suite: SUITE }));
  machines.push(one, board, ...sharded);
  const shards = sharded.map((machine, at) =>
    machine.test(SHARDS[at] ?? '', '--shard', `${SHARDS[at] ?? ''}/3`),
  );
  const alone = await board.test('vm', '--lane', 'vm');
  expect(alone.stderr).toBe('');
  for (const { stderr } of await Promise.all(shards)) expect(stderr).toBe('');
  const lanes = ['native', 'emulated', 'vm'].flatMap((lane) => ['--lane', lane]);
  const whole = await one.test('whole', ...lanes);
  expect(whole).toMatchObject({ code: 1, stderr: '' });
  for (const [at, machine] of sharded.entries()) {
    const name = `${SHARDS[at] ?? ''}.ndjson`;
    copyFileSync(join(machine.directory, name), join(directory, name));
  }
  copyFileSync(join(board.directory, 'vm.ndjson'), join(directory, 'vm.ndjson'));
}, 300_000);

describe('shards of three machines and one of a microVM', () => {
  it('merge into the reports of one run on one machine, in whatever order they are given', async () => {
    const orders = [
      ['1.ndjson', '2.ndjson', '3.ndjson', 'vm.ndjson'],
      ['vm.ndjson', '3.ndjson', '1.ndjson', '2.ndjson'],
    ] as const;
    const reports = REPORTERS.flatMap((name) => ['--reporter', `${name}=${name}.report`]);
    const directories = [directory, ...machines.map((machine) => machine.directory)];
    const clean = (text: string, reporter: string): string =>
      inOrder(redactReport(text, directories), reporter);
    const merged = [];
    for (const order of orders) {
      const result = await merge(...order, '-o', 'all.ndjson', ...reports);
      expect(result).toMatchObject({ code: 1, stdout: '', stderr: '' });
      merged.push(
        Object.fromEntries(
          REPORTERS.map((name) => {
            const text = readFileSync(join(directory, `${name}.report`), 'utf8');
            return [name, clean(text, name)];
          }),
        ),
      );
    }
    expect(merged[1]).toEqual(merged[0]);
    const wanted = REPORTERS.flatMap((name) => ['--reporter', `${name}=${name}.report`]);
    expect(await one.run('report', './whole.ndjson', ...wanted)).toMatchObject({
      code: 0,
      stderr: '',
    });
    for (const name of REPORTERS)
      expect(merged[0]?.[name], name).toBe(clean(one.read(`${name}.report`), name));
    const report = parseReport(readFileSync(join(directory, 'json.report'), 'utf8'));
    expect(report.cases).toHaveLength(14);
    expect(report.summary).toMatchObject({ diverged: 3, mismatch: 2, unsupported: 0 });
    for (const { name, cause } of report.cases.filter(({ verdict }) => verdict === 'diverged'))
      expect([name, cause]).toEqual([name, 'architecture']);
  });

  it('can be shown again, and merged in two steps', async () => {
    await merge('1.ndjson', '2.ndjson', '3.ndjson', '-o', 'local.ndjson', '-q');
    const [steps, once] = await Promise.all([
      merge('local.ndjson', 'vm.ndjson', '-o', 'steps.ndjson', '--reporter', 'json'),
      merge('1.ndjson', '2.ndjson', '3.ndjson', 'vm.ndjson', '--reporter', 'json'),
    ]);
    expect(steps.code).toBe(1);
    expect(parseReport(steps.stdout).cases).toEqual(parseReport(once.stdout).cases);
    const again = await runCli(caller, ['report', './steps.ndjson', '--reporter', 'json'], {
      cwd: directory,
    });
    expect(again.stdout).toBe(steps.stdout);
  });

  it('name the shard that is missing, and show the rest', async () => {
    const result = await merge('3.ndjson', '1.ndjson', 'vm.ndjson', '--reporter', 'json');
    expect(result).toMatchObject({
      code: 3,
      stderr: 'archparity: the shard 2/3 on native, emulated is missing\n',
    });
    expect(parseReport(result.stdout).cases).toHaveLength(14);
    const alone = await merge('3.ndjson', '--reporter', 'text');
    expect(alone.code).toBe(3);
    expect(alone.stdout).toContain('warning: the shard 1/3 on native, emulated is missing');
    expect(alone.stdout).toMatch(/NOT READY {2}\d of 14 cases/);
  });

  it('name the shard, or the case, that is there twice, and write nothing', async () => {
    const twice = await merge('1.ndjson', '2.ndjson', '2.ndjson', '-o', 'no.ndjson');
    expect(twice).toMatchObject({ code: 3, stdout: '' });
    expect(twice.stderr).toContain('The shard 2/3 on native, emulated is there twice');
    const whole = join(one.directory, 'whole.ndjson');
    const overlapping = await merge('1.ndjson', whole, '-o', 'no.ndjson');
    expect(overlapping).toMatchObject({ code: 3, stdout: '' });
    expect(overlapping.stderr).toMatch(
      /The case ".*" was run on (native|emulated) in .*MERGE_CASE_DOUBLED/s,
    );
    expect(await runCli(caller, ['report', './no.ndjson'], { cwd: directory })).toMatchObject({
      code: 2,
    });
  });

  it('compare across machines what each ran on one lane', async () => {
    const lane = (name: string): Promise<CliResult> => one.test(name, '--lane', name);
    await Promise.all([lane('native'), lane('emulated')]);
    const [both, whole] = await Promise.all([
      one.run('merge', 'emulated.ndjson', 'native.ndjson', '--reporter', 'json'),
      one.run('merge', '3.ndjson', 'missing.ndjson'),
    ]);
    expect(whole).toMatchObject({ code: 2, stdout: '' });
    const shown = await merge('1.ndjson', '2.ndjson', '3.ndjson', '--reporter', 'json');
    expect(verdictsOf(parseReport(both.stdout))).toEqual(verdictsOf(parseReport(shown.stdout)));
    expect(both.code).toBe(1);
  });
});

describe('archparity merge', () => {
  const cwd = makeDirectory(anyCaller);
  const run = (...words: readonly string[]): Promise<CliResult> =>
    runCli(anyCaller, ['merge', ...words], { cwd });

  it.each([
    ['nothing', [], 'NOTHING_TO_MERGE'],
    ['a record that is not there', ['./none.ndjson'], 'RECORD_NOT_FOUND'],
    ['what is no record', ['./text.ndjson'], 'RECORD_INVALID'],
    ['an empty file', ['./empty.ndjson'], 'RECORD_EMPTY'],
    ['a pipe', ['/dev/stdin'], 'RECORD_NOT_A_FILE'],
    ['no run', ['last'], 'RUN_NOT_FOUND'],
    [
      'two reports in one file',
      ['./x', '--reporter', 'tap=a', '--reporter', 'json=a'],
      'REPORTER_FILE_TWICE',
    ],
  ] as const)('refuses %s', async (_what, words, code) => {
    writeFileSync(join(cwd, 'text.ndjson'), 'nothing of the kind\n');
    writeFileSync(join(cwd, 'empty.ndjson'), '');
    const result = await run(...words);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain(`(${code})`);
  });
});
