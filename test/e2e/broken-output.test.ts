import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { anyCaller, image, makeDirectory, program, runCli } from './cli.ts';
import { actorOptions, SUITES } from './suites.ts';

const caller = anyCaller;

it.each([
  [['--version'], 3],
  [['--help'], 3],
  [['help'], 3],
  [['test', '--help'], 3],
  [['schema'], 3],
  [['doctor', '--json'], 3],
  [['test', 'SUITE', '--list'], 3],
  [['run', program('hello')], 125],
  [['run', program('flood-output'), '4'], 125],
  [['run', image('debian-tools'), 'sh', '-c', 'echo x; sleep 1; echo y; exit 7'], 125],
])('says that the disk is full: %j gives %i', async (words, code) => {
  const suite = [join(SUITES, 'modes.yaml'), ...actorOptions()];
  const args = words.flatMap((word) => (word === 'SUITE' ? suite : [word]));
  const result = await runCli(caller, args, {
    through: ['sh', '-c', 'exec "$@" > /dev/full', 'sh'],
  });
  expect(result.stderr).toMatch(
    /^archparity: The output cannot be written: ENOSPC.*\n.*\n.*OUTPUT_FAILED/,
  );
  expect(result.stderr.match(/OUTPUT_FAILED/g)).toHaveLength(1);
  expect(result.stderr).not.toMatch(/\n\s+at /);
  expect(result.code).toBe(code);
});

it.each([
  [['report', 'empty.ndjson', '--reporter', 'junit=/dev/full']],
  [['explain', '--sarif=/dev/full', 'job.log']],
  [['inspect', image('debian-tools'), '--no-audit', '--reporter', 'sarif=/dev/full']],
  [['bench', '-r', '2', '--min-time', '1ms', '--export-csv', '/dev/full', 'true']],
])('says that the disk of a report is full: %j', async ([...words]) => {
  const cwd = makeDirectory(caller, 'full');
  writeFileSync(join(cwd, 'empty.ndjson'), '');
  writeFileSync(join(cwd, 'job.log'), 'nothing\n');
  const result = await runCli(caller, words, { cwd });
  expect(result.stderr).toMatch(/The report \/dev\/full cannot be written: ENOSPC/);
  expect(result.stderr).toContain('(REPORT_UNWRITABLE)');
  expect(result.stderr).not.toMatch(/\n\s+at |bug in archparity/);
  expect(result.code).toBe(3);
});

it('counts a reporter of a bench that fails', async () => {
  const words = ['bench', '-r', '2', '--min-time', '1ms', '--reporter', 'html=/dev/full', 'true'];
  const result = await runCli(caller, words, { cwd: makeDirectory(caller, 'full') });
  expect(result.stderr).toContain('the reporter html=/dev/full failed');
  expect(result.code).toBe(3);
});

it('puts no bundle in the place of what is no file, and merges a record by the link to its run', async () => {
  const cwd = makeDirectory(caller, 'linked');
  mkdirSync(join(cwd, 'taken'));
  const suite = [join(SUITES, 'modes.yaml'), ...actorOptions()];
  await runCli(caller, ['test', ...suite, '--lane', 'native', '--filter', 'runs a binary'], {
    cwd,
  });
  const last = '.archparity/runs/last/record.ndjson';
  const merged = await runCli(caller, ['merge', last, '--reporter', 'json=merged.json'], { cwd });
  expect(merged.stderr).not.toContain('bug in archparity');
  expect(existsSync(join(cwd, 'merged.json'))).toBe(true);
  expect(merged.code).toBe(0);
  const bundle = await runCli(
    caller,
    ['repro', '--record', last, '--bundle', 'taken', 'runs a binary'],
    {
      cwd,
    },
  );
  expect(bundle.code).toBe(2);
  expect(bundle.stderr).toMatch(/The bundle taken cannot be written: it is not a file/);
});

it.each([
  [['run', program('hello')], 125],
  [['test', 'suite.yaml'], 3],
  [['report'], 3],
])('says that the directory is gone: %j gives %i', async (words, code) => {
  const cwd = makeDirectory(caller, 'gone');
  const result = await runCli(caller, words, {
    cwd,
    through: ['sh', '-c', 'rmdir "$PWD"; exec "$@"', 'sh'],
  });
  rmSync(cwd, { recursive: true, force: true });
  expect(result).toMatchObject({ code, stdout: '' });
  expect(result.stderr).toMatch(/current directory does not exist.*\n.*\n.*DIRECTORY_GONE/);
});

it('still needs no directory for what it says of itself', async () => {
  const result = await runCli(caller, ['--version'], {
    cwd: makeDirectory(caller, 'gone'),
    through: ['sh', '-c', 'rmdir "$PWD"; exec "$@"', 'sh'],
  });
  expect(result).toMatchObject({ code: 0, stderr: '' });
});
