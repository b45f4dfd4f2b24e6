import { describe, expect, it } from 'vitest';
import { parseStrace } from '../../../../src/judge/trace/parse-strace.ts';

describe('parseStrace', () => {
  it('reads calls, their errors and signals', () => {
    const events = parseStrace(
      [
        '12 openat(AT_FDCWD, "/a, (b)", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory)',
        '12 write(1, "x) = 1\\n\\"", 8)         = 8',
        '12 --- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x8} ---',
        '12 exit_group(3)                     = ?',
        '12 +++ exited with 3 +++',
        '',
      ].join('\n'),
    );
    expect(events).toMatchObject([
      {
        pid: 12,
        name: 'openat',
        args: ['AT_FDCWD', '"/a, (b)"', 'O_RDONLY|O_CLOEXEC'],
        result: '-1',
        errno: 'ENOENT',
      },
      { name: 'write', args: ['1', String.raw`"x) = 1\n\""`, '8'], result: '8' },
      { kind: 'signal', name: 'SIGSEGV' },
      { name: 'exit_group', args: ['3'], text: 'exit_group(3) = ?' },
    ]);
    expect(events[3]).not.toHaveProperty('result');
  });

  it('puts together what another process interrupted, where it began', () => {
    const events = parseStrace(
      [
        '1 wait4(-1,  <unfinished ...>',
        '2 close(3) = 0',
        '1 <... wait4 resumed>NULL, 0, NULL) = 2',
      ].join('\n'),
    );
    expect(events.map(({ name, pid, result }) => [pid, name, result])).toEqual([
      [1, 'wait4', '2'],
      [2, 'close', '0'],
    ]);
    expect(events[0]?.args).toEqual(['-1', 'NULL', '0', 'NULL']);
  });

  it('has no word for what a call has not', () => {
    const [good, bad, signal] = parseStrace(
      '1 getpid() = 1\n1 close(9) = -1 EBADF (Bad)\n1 --- SIGHUP {si_pid=2} ---',
    );
    expect(good).toStrictEqual({
      ...{ pid: 1, kind: 'call', name: 'getpid', args: [], result: '1', text: 'getpid() = 1' },
    });
    expect(bad).toMatchObject({ result: '-1', errno: 'EBADF' });
    expect(signal).toStrictEqual({
      ...{ pid: 1, kind: 'signal', name: 'SIGHUP', args: ['{si_pid=2}'] },
      text: '--- SIGHUP {si_pid=2} ---',
    });
  });

  it('leaves out what it cannot read', () => {
    const lines = [
      'strace: Process 2 attached',
      '1 +++ killed +++',
      '1 <... read resumed>) = 1',
      '',
    ];
    expect(parseStrace(lines.join('\n'))).toEqual([]);
  });

  it('puts each interrupted call together once', () => {
    const events = parseStrace(
      [
        '1 read(0, <unfinished ...>',
        '1 <... read resumed>"a", 1) = 1',
        '1 <... read resumed>"b", 1) = 2',
        '1 futex(0x1, 2 <unfinished ...>',
        '1 <... futex resumed>) = 0',
      ].join('\n'),
    );
    expect(events.map(({ text }) => text)).toEqual(['read(0, "a", 1) = 1', 'futex(0x1, 2) = 0']);
  });

  it('keeps a call that never returned', () => {
    expect(parseStrace('7 read(0,  <unfinished ...>')).toMatchObject([{ pid: 7, name: 'read' }]);
  });
});
