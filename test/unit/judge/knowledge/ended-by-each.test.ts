import { expect, test } from 'vitest';
import type { Termination } from '../../../../src/core/index.ts';
import { endedBy } from '../../../../src/judge/knowledge/ended-by.ts';

const ENDS = ['SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGSEGV', 'SIGKILL', 'ENOENT'];

const endsOf = (termination: Termination) => ENDS.filter((end) => endedBy(termination, end));

test.each<[number, string[]]>([
  [0, []],
  [4, []],
  [128, []],
  [131, []],
  [132, ['SIGILL']],
  [133, ['SIGTRAP']],
  [134, ['SIGABRT']],
  [135, ['SIGBUS']],
  [136, ['SIGFPE']],
  [137, []],
  [139, ['SIGSEGV']],
])('exit code %i is the end by %j', (code, ends) => {
  expect(endsOf({ kind: 'exit', code })).toEqual(ends);
});

test.each<[Termination, string[]]>([
  [{ kind: 'signal', signal: 'SIGKILL' }, ['SIGKILL']],
  [{ kind: 'signal', signal: 'SIGILL' }, ['SIGILL']],
  [{ kind: 'not-started', errno: 'ENOENT', message: '' }, ['ENOENT']],
  [{ kind: 'not-started', errno: 'EACCES', message: '' }, []],
  [{ kind: 'timeout', deadlineMs: 1, signal: 'SIGKILL' }, []],
])('%j is the end by %j', (termination, ends) => {
  expect(endsOf(termination)).toEqual(ends);
});

test.each<[Termination, number, boolean]>([
  [{ kind: 'exit', code: 3 }, 3, true],
  [{ kind: 'exit', code: 3 }, 4, false],
  [{ kind: 'exit', code: 0 }, 0, true],
  [{ kind: 'timeout', deadlineMs: 3, signal: 'SIGKILL' }, 3, false],
  [{ kind: 'not-started', errno: 'ENOENT', message: '' }, 2, false],
])('%j by the code %i: %s', (termination, code, ended) => {
  expect(endedBy(termination, code)).toBe(ended);
});
