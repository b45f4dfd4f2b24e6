import { createHash, randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  callerEnvironment,
  CALLERS,
  CLI,
  image,
  makeDirectory,
  program,
  runCli,
  startCli,
  waitFor,
} from './cli.ts';

const MIB = 1024 * 1024;
const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('hex');

describe.each(CALLERS)('streams of archparity run, as $name', (caller) => {
  it('keeps stdout and stderr apart and in order', async () => {
    const result = await runCli(caller, ['run', program('abort')]);
    expect(result.stdout).toBe('on stdout\n');
    expect(result.stderr.startsWith('on stderr\n')).toBe(true);
  });

  it('passes 20 MB of arbitrary bytes from stdin to stdout, in a program and in an image', async () => {
    const input = randomBytes(20 * MIB);
    const [emulated, native, container] = await Promise.all([
      runCli(caller, ['run', program('echo-stdin')], { stdin: input }),
      runCli(caller, ['run', program('echo-stdin', 'amd64')], { stdin: input }),
      runCli(caller, ['run', image('debian-tools'), 'cat'], { stdin: input }),
    ]);
    for (const result of [emulated, native, container]) {
      expect({ code: result.code, stderr: result.stderr }).toEqual({ code: 0, stderr: '' });
      expect(sha256(result.bytes.stdout)).toBe(sha256(input));
    }
  });

  it('passes 50 MB of output', async () => {
    const result = await runCli(caller, ['run', program('flood-output'), '50']);
    expect(result.code).toBe(0);
    expect(result.bytes.stdout.length).toBe(50 * MIB);
    expect(sha256(result.bytes.stdout)).toBe(sha256(Buffer.alloc(50 * MIB, `${'x'.repeat(63)}\n`)));
  });

  it('ends quietly when nobody reads its output any more', () => {
    const command = `'${process.execPath}' '${CLI}' run '${program('flood-output')}' 200 | head -n 1; echo "\${PIPESTATUS[0]}" >&2`;
    const result = spawnSync('bash', ['-c', command], {
      cwd: makeDirectory(caller),
      env: callerEnvironment(caller),
      encoding: 'utf8',
      timeout: 120_000,
      ...(process.geteuid?.() === 0 ? { uid: caller.uid, gid: caller.gid } : {}),
    });
    expect(result.stdout).toBe(`${'x'.repeat(63)}\n`);
    // A program that is still writing is told to stop.
    expect(result.stderr.trim()).toMatch(/^(?:0|141|143)$/);
  });

  it('gives a program the end of a closed stdin at once', async () => {
    const result = await runCli(caller, ['run', program('echo-stdin')], { stdin: '' });
    expect(result).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it('does not wait for stdin when the program has ended', async () => {
    const running = startCli(caller, ['run', program('exit42')], { stdin: null });
    expect((await running.result).code).toBe(42);
  });

  it('hands on output as it comes', async () => {
    const running = startCli(caller, ['run', program('echo-stdin')], { stdin: null });
    running.child.stdin?.write('first\n');
    await waitFor('the first line', () => running.stdout() === 'first\n');
    running.child.stdin?.end('second\n');
    expect(await running.result).toMatchObject({ code: 0, stdout: 'first\nsecond\n' });
  });
});
