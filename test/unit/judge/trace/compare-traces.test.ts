import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareTraces } from '../../../../src/judge/trace/compare-traces.ts';

function compare(native: readonly string[], emulated: readonly string[], root?: number) {
  return compareTraces(
    {
      format: 'strace',
      platform: 'linux/amd64',
      text: ['10 execve("./app", ["app"], 0x7ff /* 9 vars */) = 0', ...native].join('\n'),
    },
    {
      format: 'qemu',
      platform: 'linux/arm64',
      text: emulated.join('\n'),
      ...(root === undefined ? {} : { root }),
    },
  );
}

describe('compareTraces', () => {
  it('takes for equal what is chance, or of an architecture', () => {
    const { differences, common, quiet } = compare(
      [
        '10 arch_prctl(ARCH_SET_FS, 0x29926380) = 0',
        '10 access("/etc/ld.so.preload", R_OK) = -1 ENOENT (No such file or directory)',
        '10 open("/lib/x86_64-linux-gnu/libc.so.6", O_CLOEXEC|O_RDONLY) = 3',
        '10 fstat(3, {st_mode=S_IFREG|0755, st_size=9, ...}) = 0',
        '10 read(3, "\\177ELF", 832) = 832',
        '10 pread64(3, "\\6", 784, 64) = 784',
        '10 openat(AT_FDCWD, "/lib/x86_64-linux-gnu/glibc-hwcaps/x86-64-v3/libc.so.6", O_RDONLY) = -1 ENOENT (No)',
        '10 close(3) = 0',
        '10 pipe([3, 4]) = 0',
        '10 vfork() = 11',
        '11 execve("/bin/echo", ["echo", "a"], 0x1 /* 9 vars */) = 0',
        '11 exit_group(0) = ?',
        '10 --- SIGCHLD {si_signo=SIGCHLD, si_pid=11} ---',
        '10 exit_group(0) = ?',
      ],
      [
        '500 faccessat(AT_FDCWD,"/etc/ld.so.preload",R_OK,0x0) = -1 errno=2 (No such file or directory)',
        '500 openat(AT_FDCWD,"/lib/aarch64-linux-gnu/libc.so.6",O_RDONLY|O_CLOEXEC) = 4',
        '500 newfstatat(4,"",0x00000055007ff700,0x1000) = 0',
        '500 read(4,0x800650,832) = 832',
        '500 close(4) = 0',
        '500 pipe2(0x1000,0) = 0',
        '500 Unknown syscall 435',
        '500 clone(0x4111,child_stack=0x0) = 507',
        '507 execve("/bin/echo",{"echo","a",NULL})',
        '507 exit_group(0)',
        '500 exit_group(0)',
      ],
    );
    expect({ differences, common, quiet }).toEqual({ differences: 0, common: 9, quiet: [5, 2] });
  });

  it('shows both sides of the first difference, and what is around it', () => {
    const { differences, first } = compare(
      [
        '10 openat(AT_FDCWD, "/a", O_RDONLY) = 3',
        '10 openat(AT_FDCWD, "/negative", O_RDONLY) = 4',
        '10 close(3) = 0',
        '10 write(1, "x", 1) = 1',
      ],
      [
        '500 openat(AT_FDCWD,"/a",O_RDONLY) = 7',
        '500 openat(AT_FDCWD,"/positive",O_RDONLY) = 8',
        '500 close(7) = 0',
        '500 write(1,0x10,2) = 2',
      ],
    );
    expect(differences).toBe(2);
    expect(first).toEqual({
      process: '0',
      index: 1,
      before: [
        {
          left: 'openat(AT_FDCWD, "/a", O_RDONLY) = 3',
          right: 'openat(AT_FDCWD,"/a",O_RDONLY) = 7',
        },
      ],
      left: ['openat(AT_FDCWD, "/negative", O_RDONLY) = 4'],
      right: ['openat(AT_FDCWD,"/positive",O_RDONLY) = 8'],
      after: [{ left: 'close(3) = 0', right: 'close(7) = 0' }],
    });
  });

  it('shows five events around a difference and twelve of each side', () => {
    const paths = (name: string, count: number) =>
      Array.from({ length: count }, (_, at) => `chdir("/${name}${String(at)}") = 0`);
    const side = (own: string) => {
      const lines = [...paths('before', 7), ...paths(own, 14), ...paths('after', 7)];
      const text = lines.map((line) => `10 ${line}`).join('\n');
      return { format: 'strace', platform: 'linux/arm64', text } as const;
    };
    const { common, differences, first } = compareTraces(side('left'), side('right'));
    expect({ common, differences }).toEqual({ common: 14, differences: 1 });
    const both = (lines: readonly string[]) => lines.map((line) => ({ left: line, right: line }));
    expect(first).toEqual({
      process: '0',
      index: 7,
      before: both(paths('before', 7).slice(2)),
      left: paths('left', 12),
      right: paths('right', 12),
      after: both(paths('after', 5)),
    });
    const again = compareTraces(side('left'), {
      ...side('right'),
      text: side('right').text.replace('/after2', '/other'),
    });
    expect(again.differences).toBe(2);
    expect(again.first?.after).toEqual(both(paths('after', 2)));
  });

  it('shows what only one side has, at the start and at the end', () => {
    const text = (...names: readonly string[]) =>
      names.map((name) => `10 ${name}() = 1`).join('\n');
    const side = (...names: readonly string[]) =>
      ({ format: 'strace', platform: 'linux/arm64', text: text(...names) }) as const;
    expect(compareTraces(side('getuid', 'getgid'), side('getgid')).first).toEqual({
      process: '0',
      index: 0,
      before: [],
      left: ['getuid() = 1'],
      right: [],
      after: [{ left: 'getgid() = 1', right: 'getgid() = 1' }],
    });
    expect(compareTraces(side('getgid'), side('getgid', 'getuid')).first).toMatchObject({
      index: 1,
      left: [],
      right: ['getuid() = 1'],
      after: [],
    });
    const same = compareTraces(side('getgid'), side('getgid'));
    expect(same).toMatchObject({ complete: true, common: 1, events: [1, 1], processes: [1, 1] });
    expect(same).not.toHaveProperty('first');
  });

  it('begins with the second child, not with the tenth, when both differ at their end', () => {
    const side = (more: readonly number[]) => {
      const children = Array.from({ length: 10 }, (_, at) => at + 11);
      const lines = children.flatMap((child) => [
        `10 fork() = ${String(child)}`,
        `${String(child)} getuid() = 1`,
        ...(more.includes(child) ? [`${String(child)} getgid() = 1`] : []),
      ]);
      return { format: 'strace', platform: 'linux/arm64', text: lines.join('\n') } as const;
    };
    const { differences, first } = compareTraces(side([]), side([12, 20]));
    expect(differences).toBe(2);
    expect(first?.process).toBe('0.2');
    expect(compareTraces(side([]), side([20])).first?.process).toBe('0.10');
  });

  it('leaves out what no descendant of the command did', () => {
    const { events } = compare(
      ['10 exit_group(0) = ?'],
      ['400 openat(AT_FDCWD,"/setup",O_RDONLY) = 3', '500 exit_group(0)', '600 exit_group(1)'],
      500,
    );
    expect(events).toEqual([1, 1]);
  });

  it('finds nothing between a trace and itself, and a difference wherever a call is taken out', () => {
    const line = fc
      .tuple(fc.constantFrom('/a', '/b', '/c'), fc.constantFrom('O_RDONLY', 'O_WRONLY'))
      .map(([path, flags]) => `10 openat(AT_FDCWD, "${path}", ${flags}) = 3`);
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), fc.nat(), (lines, at) => {
        const trace = (text: readonly string[]) =>
          ({ format: 'strace', platform: 'linux/arm64', text: text.join('\n') }) as const;
        expect(compareTraces(trace(lines), trace(lines)).differences).toBe(0);
        const fewer = lines.toSpliced(at % lines.length, 1);
        const { common, differences } = compareTraces(trace(lines), trace(fewer));
        expect({ common, differences }).toEqual({ common: fewer.length, differences: 1 });
      }),
    );
  });

  it('says that its totals are no totals where traces are too different to be aligned', () => {
    const open = (name: string, at: number) =>
      `10 openat(AT_FDCWD, "/${name}${String(at)}", O_RDONLY) = 3`;
    const trace = (name: string, length: number) =>
      ({
        format: 'strace',
        platform: 'linux/arm64',
        text: Array.from({ length }, (_, at) =>
          at % 2 === 0 ? '10 getpid() = 10' : open(name, at),
        ).join('\n'),
      }) as const;
    const near = compareTraces(trace('a', 1000), trace('b', 1000));
    expect(near).toMatchObject({ complete: true, common: 500, differences: 500 });
    const far = compareTraces(trace('a', 4000), trace('b', 4000));
    expect(far.complete).toBe(false);
    expect(far.events).toEqual([4000, 4000]);
    expect(far.differences).toBeLessThan(2000);
  });
});
