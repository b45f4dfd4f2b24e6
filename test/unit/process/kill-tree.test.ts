import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  killTree,
  listProcessTree,
  readStartTime,
  startProcess,
} from '../../../src/process/index.ts';

/** Starts a shell and waits until its script has printed `count` lines. */
async function startShell(script: string, { detached = false, lines = 1 } = {}) {
  const child = await startProcess('/bin/sh', ['-c', script], { detached });
  let text = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.split('\n').length > lines) break;
  }
  return { child, pids: text.trim().split('\n').map(Number) };
}

describe('killTree', { timeout: 30_000 }, () => {
  it('ends grandchildren that would outlive their parent', async () => {
    const { child, pids } = await startShell(
      `sh -c 'echo $$; sleep 60' & sh -c 'echo $$; sleep 60' & wait`,
      { lines: 2 },
    );
    expect(pids.map((pid) => readStartTime(pid))).not.toContain(undefined);
    expect(await killTree(child.pid, 1000)).toBe(true);
    expect(pids.map((pid) => readStartTime(pid))).toEqual([undefined, undefined]);
    expect(await child.exited).toEqual({ signal: 'SIGTERM' });
  });

  it('kills what ignores SIGTERM after the grace', async () => {
    const { child } = await startShell(`trap '' TERM; echo $$; while :; do sleep 0.05; done`);
    const startedAt = performance.now();
    expect(await killTree(child.pid, 150)).toBe(true);
    expect(performance.now() - startedAt).toBeGreaterThan(140);
    expect(await child.exited).toEqual({ signal: 'SIGKILL' });
  });

  it('ends a stopped process by SIGTERM', async () => {
    const { child } = await startShell(`echo $$; kill -STOP $$`);
    expect(await killTree(child.pid, 2000)).toBe(true);
    expect(await child.exited).toEqual({ signal: 'SIGTERM' });
  });

  it('finds orphans of a detached child by its session', async () => {
    const { child, pids } = await startShell(`(sh -c 'echo $$; sleep 60' &) ; sleep 60`, {
      detached: true,
    });
    expect(listProcessTree(child.pid)).toContain(pids[0]);
    expect(await killTree(child.pid, 0)).toBe(true);
    expect(readStartTime(pids[0] ?? 0)).toBeUndefined();
  });

  it('keeps up with a tree that forks while it dies', async () => {
    const { child } = await startShell(
      `echo $$; while :; do sh -c 'trap "" TERM; sh -c "sleep 5; :"; :' & sleep 0.01; done`,
    );
    expect(await killTree(child.pid, 100)).toBe(true);
    expect(listProcessTree(child.pid)).toEqual([]);
  });

  it('refuses pids that mean groups, init or ourselves', async () => {
    for (const pid of [0, 1, -1, Number.NaN, process.pid]) {
      expect(await killTree(pid, 0)).toBe(false);
    }
  });

  it('counts a process that has gone as ended', async () => {
    const child = await startProcess('true');
    await child.exited;
    expect(await killTree(child.pid, 0)).toBe(true);
  });
});

describe('readStartTime', () => {
  it('reads names with spaces and parentheses, and takes a zombie as gone', () => {
    const procRoot = mkdtempSync(join(tmpdir(), 'proc-'));
    const rest = '1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4711 0';
    for (const [pid, stat] of [
      [7, `7 (a) b (c) S ${rest}`],
      [8, `8 (x) Z ${rest}`],
    ] as const) {
      mkdirSync(join(procRoot, String(pid)));
      writeFileSync(join(procRoot, String(pid), 'stat'), `${stat}\n`);
    }
    expect(readStartTime(7, { procRoot })).toBe('4711');
    expect(readStartTime(8, { procRoot })).toBeUndefined();
    expect(readStartTime(9, { procRoot })).toBeUndefined();
    rmSync(procRoot, { recursive: true });
  });
});
