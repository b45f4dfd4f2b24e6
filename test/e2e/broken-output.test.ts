import { rmSync } from 'node:fs';
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
