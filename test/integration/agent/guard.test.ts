// What a program that must not outlive us leaves behind: nothing.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { AGENT, expectGone, findMarked, makeMarker } from './agents.ts';

/** Starts a script under guard that has left a process, in a session of its own, once it says so. */
async function startGuarded(marker: string, then: string) {
  const leave = `setsid sh -c 'sleep 1000; : ${marker}' </dev/null >/dev/null 2>&1 & sleep 0.1; echo left`;
  const child = spawn(AGENT, ['guard', '/bin/sh', '-c', `${leave}; ${then}`]);
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  expect(said.toString()).toBe('left\n');
  expect((await findMarked(marker)).some((words) => words.includes(' sh -c sleep 1000'))).toBe(
    true,
  );
  return { child, ended: once(child, 'close') };
}

describe('a guarded program', () => {
  it('ends with its own exit code, and what it left running with it', async () => {
    const marker = makeMarker();
    const { ended } = await startGuarded(marker, 'sleep 0.2; exit 7');
    expect((await ended)[0]).toBe(7);
    await expectGone(marker);
  });

  it('ends when stdin does, and what it left running with it', async () => {
    const marker = makeMarker();
    const { child, ended } = await startGuarded(marker, 'sleep 1000');
    child.stdin.end();
    expect((await ended)[0]).toBe(128 + 9);
    await expectGone(marker);
  });
});
