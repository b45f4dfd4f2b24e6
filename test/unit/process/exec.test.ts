import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createExec, readStartTime } from '../../../src/process/index.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'exec-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('createExec', { timeout: 30_000 }, () => {
  const exec = createExec();

  it('returns output, exit code and duration', async () => {
    const result = await exec('/bin/sh', ['-c', 'echo out; echo err >&2; exit 3']);
    expect(result).toMatchObject({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
    expect(result).toMatchObject({ timedOut: false, cancelled: false, overflowed: false });
    expect(result.durationMs).toBeGreaterThan(0);
  });

  it('returns the signal of a child that died by one', async () => {
    const result = await exec('/bin/sh', ['-c', 'kill -SEGV $$']);
    expect(result.signal).toBe('SIGSEGV');
    expect(result).not.toHaveProperty('exitCode');
  });

  it('returns the errno of a command that cannot be started', async () => {
    expect((await exec('/no/such/tool')).failedToStart).toBe('ENOENT');
    expect((await exec('/etc/passwd')).failedToStart).toBe('EACCES');
  });

  it('feeds stdin, which is empty by default', async () => {
    expect((await exec('cat', [], { input: 'fed' })).stdout).toBe('fed');
    expect((await exec('cat')).stdout).toBe('');
  });

  it('adds to the environment of the factory and removes from it', async () => {
    const scoped = createExec({ env: { PATH: process.env['PATH'], A: '1', B: '2' } });
    const result = await scoped('env', [], { env: { B: undefined, C: '3' } });
    expect(result.stdout.split('\n').filter((line) => /^[A-C]=/.test(line))).toEqual([
      'A=1',
      'C=3',
    ]);
  });

  it('runs in the given directory', async () => {
    expect((await exec('pwd', [], { cwd: directory })).stdout).toBe(`${directory}\n`);
  });

  it('kills the whole tree at the timeout, also what ignores SIGTERM', async () => {
    const pidFile = join(directory, 'pid');
    const script = `sh -c 'trap "" TERM; echo $$ > ${pidFile}; while :; do sleep 0.1; done' & wait`;
    const result = await exec('/bin/sh', ['-c', script], { timeoutMs: 300, killGraceMs: 100 });
    expect(result.timedOut).toBe(true);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    await waitUntil(() => readStartTime(pid) === undefined);
    expect(result.durationMs).toBeLessThan(3000);
  });

  it('returns though a daemon that left the tree keeps the pipes open', async () => {
    const pidFile = join(directory, 'pid');
    // The middle shell ends at once, so the sleeper is no descendant any more.
    const script = `(setsid sh -c 'echo $$ > ${pidFile}; exec sleep 30' &) ; sleep 30`;
    const result = await exec('/bin/sh', ['-c', script], { timeoutMs: 400, killGraceMs: 50 });
    expect(result.timedOut).toBe(true);
    expect(result.durationMs).toBeLessThan(4000);
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
  });

  it('ends when it is cancelled, before or after the start', async () => {
    const controller = new AbortController();
    const running = exec('sleep', ['30'], { cancelSignal: controller.signal });
    await sleep(100);
    controller.abort();
    expect(await running).toMatchObject({ cancelled: true, timedOut: false });
    const never = await exec('sleep', ['30'], { cancelSignal: controller.signal });
    expect(never).toMatchObject({ cancelled: true });
    expect(never.durationMs).toBeLessThan(100);
  });

  it('stops a child that writes more than the buffer holds', async () => {
    const result = await exec('yes', [], { maxBuffer: 1000 });
    expect(result.overflowed).toBe(true);
    expect(result.stdout.length).toBe(1000);
  });

  it('tells the logger each command, ready to paste', async () => {
    const lines: string[] = [];
    const logged = createExec({ logger: (line) => lines.push(line) });
    const result = await logged('echo', ['a b'], { env: { X: '1' } });
    expect(lines).toEqual([`X=1 echo 'a b'`]);
    expect(result.command).toBe(lines[0]);
  });
});

async function waitUntil(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 3000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited in vain');
    await sleep(20);
  }
}
