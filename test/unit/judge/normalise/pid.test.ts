import { describe, expect, test } from 'vitest';
import { normaliseText } from '../../../../src/judge/normalise/normalise-pair.ts';
import { makeRewriters } from './normalise-data.ts';

describe('pid', () => {
  test.each([
    ['pid 123', 'pid <pid>'],
    ['PID=123, ppid: 7', 'PID=<pid>, ppid: <pid>'],
    ['process 123 exited', 'process <pid> exited'],
    ['sshd[123]: hello', 'sshd[<pid>]: hello'],
    ['[1234] started', '[<pid>] started'],
    ['==99== Memcheck', '==<pid>== Memcheck'],
    ['[notice] 30#30: start', '[notice] <pid>: start'],
    ['[1] 4711', '[1] <pid>'],
  ])('%j becomes %j', (text, wanted) => {
    expect(normaliseText(text, makeRewriters(['pid']))).toBe(wanted);
  });

  test.each(['rapid 123', 'process 1.5 of', '[1/23]', 'x[3] = 4', 'processes 12', 'stupid 5'])(
    'keeps %j',
    (text) => {
      expect(normaliseText(text, makeRewriters(['pid']))).toBe(text);
    },
  );
});
