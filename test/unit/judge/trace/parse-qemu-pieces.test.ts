import { expect, it } from 'vitest';
import { parseQemuStrace } from '../../../../src/judge/trace/parse-qemu-strace.ts';

/** Process, call and result of each event. */
function read(...lines: readonly string[]): string[] {
  return parseQemuStrace(lines.join('\n')).map(
    ({ errno, name, pid, result = 'none' }) =>
      `${String(pid)} ${name} ${result}${errno === undefined ? '' : ` ${errno}`}`,
  );
}

it('has no word for what a call has not', () => {
  const known = { pid: 5, kind: 'call' } as const;
  expect(
    parseQemuStrace(
      [
        '5 openat(AT_FDCWD,"/a, b",O_RDONLY) = -1 errno=2 (No such file or directory)',
        '5 close(3) = 0',
        '5 strange() = -1 errno=99999 (Unknown)',
        '5 read(0,0x1,8) = 8 (more)',
        '5 Unknown syscall 435',
        '5 exit_group(0)',
        '--- SIGHUP {si_pid=2} ---',
      ].join('\n'),
    ),
  ).toStrictEqual([
    {
      ...known,
      name: 'openat',
      args: ['AT_FDCWD', '"/a, b"', 'O_RDONLY'],
      result: '-1',
      errno: 'ENOENT',
      text: 'openat(AT_FDCWD,"/a, b",O_RDONLY) = -1 ENOENT',
    },
    { ...known, name: 'close', args: ['3'], result: '0', text: 'close(3) = 0' },
    { ...known, name: 'strange', args: [], result: '-1', text: 'strange() = -1' },
    { ...known, name: 'read', args: ['0', '0x1', '8'], result: '8', text: 'read(0,0x1,8) = 8' },
    {
      ...known,
      name: 'clone3',
      args: [],
      result: '-1',
      errno: 'ENOSYS',
      text: 'clone3(…) = -1 ENOSYS',
    },
    { ...known, name: 'exit_group', args: ['0'], text: 'exit_group(0)' },
    {
      ...{ pid: 5, kind: 'signal', name: 'SIGHUP', args: ['{si_pid=2}'] },
      text: '--- SIGHUP {si_pid=2} ---',
    },
  ]);
});

it.each<readonly [string, readonly string[], readonly string[]]>([
  ['nothing', [], []],
  ['what is no call', ['x 1 a() = 1', '1 a) = 1', ' 1 a() = 1', '= 1', 'x = 1', 'qemu: b'], []],
  [
    'a number that is no call',
    ['1 Unknown syscall', '1 Unknown syscall x', '1 b() = 2'],
    ['1 b 2'],
  ],
  ['a result of nobody', [' = 5', '1 a() = 2', ' = 6'], ['1 a 2']],
  ['results in the order of calls', ['1 a()', '2 b()', ' = 5', ' = 6'], ['1 a 5', '2 b 6']],
  ['a result without a blank', ['1 a()', ' =5'], ['1 a 5']],
  ['an own result among those that wait', ['1 a()', '2 b() = 7', ' = 5'], ['1 a 5', '2 b 7']],
  ['a call that went on without a result', ['1 a()', '1 b()', ' = 5'], ['1 a none', '1 b 5']],
  [
    'one of several that went on',
    ['2 x()', '1 a()', '1 b()', ' = 5', ' = 6'],
    ['2 x 5', '1 a none', '1 b 6'],
  ],
  ['a call that a result follows late', ['1 a() = ', ' = 5', '1 b() = 1'], ['1 a none', '1 b 1']],
  ['an error that comes late', ['1 a()', ' = -1 errno=13 (No)'], ['1 a -1 EACCES']],
  [
    'errors by the names that strace has for them',
    ['1 a() = -1 errno=11 (No)', '1 b() = -1 errno=95 (No)', '1 c() = -1 errno=1 (No)'],
    ['1 a -1 EAGAIN', '1 b -1 EOPNOTSUPP', '1 c -1 EPERM'],
  ],
  ['a zero without a fork', ['1 a() = 0', '1 b()', ' = 0'], ['1 a 0', '1 b 0']],
  [
    'one zero for each fork',
    ['1 fork() = 2', '1 a() = 0', ' = 3', '1 b() = 0'],
    ['1 fork 2', '1 a 3', '1 b 0'],
  ],
  [
    'a zero for each of two forks',
    ['1 vfork() = 2', '1 clone(0x11) = 3', ' = 0', ' = 0', '1 b() = 0'],
    ['1 vfork 2', '1 clone 3', '1 b 0'],
  ],
  [
    'another result while a child is to come',
    ['1 fork() = 2', '1 a() = 5', '2 fork() = 0', '2 b() = 0'],
    ['1 fork 2', '1 a 5', '2 b 0'],
  ],
  [
    'a repeated fork after which others wait',
    ['1 fork() = 2', '3 a()', '1 fork() = 0', ' = 5'],
    ['1 fork 2', '3 a 5'],
  ],
  [
    'a thread, which writes no zero',
    ['1 clone(CLONE_VM|CLONE_THREAD,0x1) = 2', '1 a() = 0'],
    ['1 clone 2', '1 a 0'],
  ],
  [
    'a fork that failed',
    ['1 fork() = -1 errno=11 (No)', '1 a() = 0'],
    ['1 fork -1 EAGAIN', '1 a 0'],
  ],
  ['what only ends like a fork', ['1 myfork() = 2', '1 a() = 0'], ['1 myfork 2', '1 a 0']],
  [
    'a result of a fork in two pieces, and what is none',
    ['1 fork() =  = 0', 'x2', '2y', '', '23', '2 a() = 0'],
    ['1 fork 23', '2 a 0'],
  ],
  [
    'the second piece for who waits for it',
    ['3 b()', '1 fork() =  = 0', '4 c()', '2', ' = 5', ' = 6'],
    ['3 b 5', '1 fork 2', '4 c 6'],
  ],
  ['a zero in two pieces of another call', ['1 a() =  = 0', '7', ' = 5'], ['1 a none']],
  ['a number of nobody', ['1 a()', '7', ' = 5'], ['1 a 5']],
  ['a signal of nobody', ['--- SIGHUP {} ---', '1 a() = 1'], ['1 a 1']],
  [
    'a signal of who was last heard of',
    ['1 a()', '2 b()', '--- SIGHUP {} ---', ' = 5', '--- SIGTERM {} ---'],
    ['1 a 5', '2 b none', '2 SIGHUP none', '1 SIGTERM none'],
  ],
  [
    'what is no signal',
    ['1 a() = 1', '--- HUP {} ---', '-- SIGHUP {} ---', '--- SIGHUP {} --'],
    ['1 a 1'],
  ],
  ['two calls on one line', ['1 a(-1)23 b(4) = 0', ' = 2'], ['1 a 2', '23 b 0']],
  [
    'three calls on one line',
    ['1 a()23 b()4 c() = 3', ' = 1', ' = 2'],
    ['1 a 1', '23 b 2', '4 c 3'],
  ],
])('reads %s', (_what, lines, events) => {
  expect(read(...lines)).toEqual(events);
});

it.each<readonly [string, readonly string[], readonly string[]]>([
  [
    'out of the arguments of another',
    ['12 openat(-100,"/a",O_RDONLY11 wait4(-1,0,0,0)) = 4', ' = 12'],
    ['12 openat(-100,"/a",O_RDONLY) = 4', '11 wait4(-1,0,0,0) = 12'],
  ],
  [
    'out of a result',
    ['12 openat(-100,"/a",O_RDONLY)', ' = 411 wait4(-1,0,0,0)', ' = 12'],
    ['12 openat(-100,"/a",O_RDONLY) = 4', '11 wait4(-1,0,0,0) = 12'],
  ],
  [
    'with digits that belong to what is around',
    ['12 read(0,0x1,10011 wait4(-1,0,0,0)) = 4', ' = 12'],
    ['12 read(0,0x1,100) = 4', '11 wait4(-1,0,0,0) = 12'],
  ],
  [
    'nothing where the process is unknown',
    ['12 write(1,"7 f(x)",6) = 6', '12 write(1,"a)7 f",6) = 6', '12 write(1,"a)7",6) = 6'],
    ['12 write(1,"7 f(x)",6) = 6', '12 write(1,"a)7 f",6) = 6', '12 write(1,"a)7",6) = 6'],
  ],
])('takes a call %s', (_where, lines, texts) => {
  const trace = ['11 getpid() = 11', '12 getpid() = 12', ...lines].join('\n');
  const events = parseQemuStrace(trace).slice(2);
  expect(events.map(({ pid, text }) => `${String(pid)} ${text}`)).toEqual(texts);
});
