import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../../fixtures/programs/interrupted-exec.ts');

function interrupt(how: 'left' | 'once' | 'twice' | 'hung up' | 'unread' | 'late' | 'late twice'): {
  signal: string | null;
  stdout: string;
} {
  const { signal, stdout } = spawnSync(process.execPath, [PROGRAM, how], { encoding: 'utf8' });
  return { signal, stdout };
}

it('lets the first signal end things in order, even while a child runs, and the second one kill', () => {
  expect(interrupt('once')).toEqual({ signal: null, stdout: 'aborted: true\n' });
  expect(interrupt('twice')).toEqual({ signal: 'SIGINT', stdout: '' });
});

it('takes no notice of a signal that is left to what was started', () => {
  expect(interrupt('left')).toEqual({ signal: null, stdout: 'aborted: false\n' });
});

it('counts no signal where its output cannot be written any more', () => {
  expect(interrupt('hung up')).toEqual({ signal: null, stdout: 'aborted: true\n' });
  expect(interrupt('unread')).toEqual({ signal: null, stdout: 'aborted: true\n' });
});

it('keeps its exit code from a signal that comes when all is done, and lets the next one kill', () => {
  const { status, signal } = spawnSync(process.execPath, [PROGRAM, 'late']);
  expect({ status, signal }).toEqual({ status: 7, signal: null });
  expect(interrupt('late twice').signal).toBe('SIGINT');
});
