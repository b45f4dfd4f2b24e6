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
    ['a\n[123] 4711\nb', 'a\n[123] <pid>\nb'],
    ['process id 7 (pid 7)', 'process id <pid> (pid <pid>)'],
    ['pgid=1 tid#2 pid:\t3', 'pgid=<pid> tid#<pid> pid:\t<pid>'],
    ['pid(12)', 'pid(<pid>)'],
    ['pid    =    12', 'pid    =    <pid>'],
    ['<time> [42] x', '<time> [<pid>] x'],
    ['kernel-x_y[1]: a', 'kernel-x_y[<pid>]: a'],
    ['==1== a\n==2== b', '==<pid>== a\n==<pid>== b'],
    ['pid 1234567890', 'pid <pid>'],
  ])('%j becomes %j', (text, wanted) => {
    expect(normaliseText(text, makeRewriters(['pid']))).toBe(wanted);
  });

  test.each([
    ...['rapid 123', 'process 1.5 of', '[1/23]', 'x[3] = 4', 'processes 12', 'stupid 5'],
    ...['pid123', 'pid 12a', 'pid x', 'pid  \n3', 'pid     5', 'pid 12345678901', 'pid -1'],
    ...['s[1]: a', 'sshd[123] a', 'sshd[x]: a', 'sshd2[3]: a', 'sshd[]: a'],
    ...['x [1] 4711', '[1] 4711 x', '[1] 4711x', '[1]  4711', '[x] 4711'],
    ...['[1] started', '[12345678901] started', '[12]started', ' [1234] started', 'a [12] b'],
    ...['x ==99== a', '==99= a', '=99== a', '== 99 =='],
    ...['30#30: a', '[notice]30#30: a', '[notice] 30#30 a', '[notice] 30#: a'],
  ])('keeps %j', (text) => {
    expect(normaliseText(text, makeRewriters(['pid']))).toBe(text);
  });
});
