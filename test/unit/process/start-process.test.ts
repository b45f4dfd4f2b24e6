import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { signalNumber, startProcess } from '../../../src/process/index.ts';

describe('startProcess', () => {
  it('speaks over pipes and tells the exit code', async () => {
    const child = await startProcess('/bin/sh', ['-c', 'read line; echo "got $line"; exit 4']);
    child.stdin.write('hello\n');
    expect(await text(child.stdout)).toBe('got hello\n');
    expect(await child.exited).toEqual({ exitCode: 4 });
    expect(child.kill()).toBe(false);
  });

  it('tells the signal', async () => {
    const child = await startProcess('sleep', ['60']);
    expect(child.kill('SIGKILL')).toBe(true);
    expect(await child.exited).toEqual({ signal: 'SIGKILL' });
  });

  it('knows the exit of a child that ended before anybody asked', async () => {
    const child = await startProcess('true');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await child.exited).toEqual({ exitCode: 0 });
  });

  it('rejects with the errno when exec fails', async () => {
    await expect(startProcess('/no/such')).rejects.toMatchObject({
      code: 'PROCESS_NOT_STARTED',
      message: 'Could not start /no/such (ENOENT).',
    });
    await expect(startProcess('/etc/passwd')).rejects.toMatchObject({
      message: 'Could not start /etc/passwd (EACCES).',
    });
    await expect(startProcess('a\0b')).rejects.toMatchObject({ code: 'PROCESS_NOT_STARTED' });
  });

  it('gives a detached child its own session', async () => {
    const script = 'set -- $(cat /proc/$$/stat); echo "$$ $6"';
    const sessions = async (detached: boolean): Promise<string[]> => {
      const child = await startProcess('/bin/sh', ['-c', script], { detached });
      return (await text(child.stdout)).trim().split(' ');
    };
    const [pid, session] = await sessions(true);
    expect(session).toBe(pid);
    const [otherPid, otherSession] = await sessions(false);
    expect(otherSession).not.toBe(otherPid);
  });

  it('survives a child that closes stdin early', async () => {
    const child = await startProcess('true');
    await child.exited;
    child.stdin.write(Buffer.alloc(1 << 20));
    await new Promise((resolve) => setTimeout(resolve, 50));
  });

  it('gives the environment asked for, and logs it', async () => {
    const lines: string[] = [];
    const child = await startProcess('/usr/bin/env', [], {
      clearEnv: true,
      env: { A: '1' },
      logger: (line) => lines.push(line),
    });
    expect(await text(child.stdout)).toBe('A=1\n');
    expect(lines).toEqual(['A=1 /usr/bin/env']);
  });

  it('hands descriptors down as 3 and up', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'start-process-'));
    const fd = openSync(join(directory, 'out'), 'w');
    const child = await startProcess('/bin/sh', ['-c', 'echo over there >&3'], {
      inheritFds: [fd],
    });
    expect(await child.exited).toEqual({ exitCode: 0 });
    closeSync(fd);
    expect(readFileSync(join(directory, 'out'), 'utf8')).toBe('over there\n');
    rmSync(directory, { recursive: true });
  });
});

describe('signalNumber', () => {
  it('knows names', () => {
    expect(signalNumber('SIGKILL')).toBe(9);
    expect(signalNumber('SIGNONE')).toBeUndefined();
  });
});
