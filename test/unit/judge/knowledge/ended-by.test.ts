import { expect, test } from 'vitest';
import { endedBy } from '../../../../src/judge/knowledge/ended-by.ts';

test.each([
  [{ kind: 'exit', code: 126 }, 126, true],
  [{ kind: 'exit', code: 139 }, 'SIGSEGV', true],
  [{ kind: 'exit', code: 11 }, 'SIGSEGV', false],
  [{ kind: 'exit', code: 126 }, 'ENOEXEC', false],
  [{ kind: 'signal', signal: 'SIGFPE' }, 'SIGFPE', true],
  [{ kind: 'signal', signal: 'SIGFPE' }, 136, false],
  [{ kind: 'not-started', errno: 'ENOEXEC', message: '' }, 'ENOEXEC', true],
  [{ kind: 'timeout', deadlineMs: 1, signal: 'SIGILL' }, 'SIGILL', false],
] as const)('%j by %s: %s', (termination, end, ended) => {
  expect(endedBy(termination, end)).toBe(ended);
});
