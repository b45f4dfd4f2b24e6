import { describe, expect, it } from 'vitest';
import { parseQemuStrace } from '../../../../src/judge/trace/parse-qemu-strace.ts';

const FORK =
  'clone(CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|0x11,child_stack=0x0,parent_tidptr=0x0,tls=0x0,child_tidptr=0x4980d0)';

describe('parseQemuStrace', () => {
  it('reads calls, numbers of errors, and calls that it has no name for', () => {
    const events = parseQemuStrace(
      [
        '5 openat(AT_FDCWD,"/none",O_RDONLY) = -1 errno=2 (No such file or directory)',
        '5 Unknown syscall 293',
        '5 Unknown syscall 999',
        '--- SIGSEGV {si_signo=SIGSEGV, si_code=1, si_addr=0x0000000000000008} ---',
      ].join('\n'),
    );
    expect(events).toMatchObject([
      {
        pid: 5,
        name: 'openat',
        errno: 'ENOENT',
        text: expect.stringContaining('= -1 ENOENT') as string,
      },
      { name: 'rseq', errno: 'ENOSYS' },
      { name: 'syscall_999', errno: 'ENOSYS' },
      { pid: 5, kind: 'signal', name: 'SIGSEGV' },
    ]);
  });

  it('gives results that stand apart to the calls that wait, and a child’s 0 to nobody', () => {
    const events = parseQemuStrace(
      [
        `1 ${FORK} = 2`,
        '1 wait4(-1,0,0,0,0,0) = 0',
        '2 write(1,0x498f80,6) = 6',
        '2 exit_group(3)',
        ' = 2',
        '1 exit_group(0)',
      ].join('\n'),
    );
    expect(events.map(({ name, pid, result }) => [pid, name, result])).toEqual([
      [1, 'clone', '2'],
      [1, 'wait4', '2'],
      [2, 'write', '6'],
      [2, 'exit_group', undefined],
      [1, 'exit_group', undefined],
    ]);
  });

  it('reads what QEMU 11 writes, in pieces', () => {
    const events = parseQemuStrace(
      [
        `1 ${FORK} =  = 0`,
        '2 exit_group(0)',
        '2',
        '1 wait4(-1,(nil),0,(nil)) = ',
        '1 close(4) = 0',
      ].join('\n'),
    );
    expect(events.map(({ name, pid, result }) => [pid, name, result])).toEqual([
      [1, 'clone', '2'],
      [2, 'exit_group', undefined],
      [1, 'wait4', undefined],
      [1, 'close', '0'],
    ]);
  });

  it('leaves out a fork that the child of QEMU 5 repeats', () => {
    const events = parseQemuStrace([`1 ${FORK} = 2`, `1 ${FORK} = 0`, '2 close(4) = 0'].join('\n'));
    expect(events.map(({ name, result }) => [name, result])).toEqual([
      ['clone', '2'],
      ['close', '0'],
    ]);
  });

  it('knows two calls on one line', () => {
    const events = parseQemuStrace('1 wait4(-1,0,0,0)2 close(4) = 0\n = 2');
    expect(events.map(({ name, result }) => [name, result])).toEqual([
      ['wait4', '2'],
      ['close', '0'],
    ]);
  });

  it.each([
    ['the arguments of another', ['12 openat(-100,"/a",O_RDONLY11 wait4(-1,0,0,0)) = 4', ' = 12']],
    ['a result', ['12 openat(-100,"/a",O_RDONLY)', ' = 411 wait4(-1,0,0,0)', ' = 12']],
    [
      'the result of a fork',
      ['12 openat(-100,"/a",O_RDONLY)12', ' = 4', '11 wait4(-1,0,0,0) = 12'],
    ],
  ])('takes a call out of %s', (_where, lines) => {
    const events = parseQemuStrace(['11 getpid() = 11', '12 getpid() = 12', ...lines].join('\n'));
    expect(events.slice(2).map(({ pid, name }) => [pid, name])).toEqual([
      [12, 'openat'],
      [11, 'wait4'],
    ]);
  });

  it('leaves alone what only looks like the call of another', () => {
    const [event] = parseQemuStrace('12 write(1,"7 f(x)",6) = 6');
    expect(event?.text).toBe('write(1,"7 f(x)",6) = 6');
  });
});
