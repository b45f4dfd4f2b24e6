import { describe, expect, it } from 'vitest';
import { createArchRewriter } from '../../../../src/judge/normalise/arch.ts';
import { canonicaliseTrace } from '../../../../src/judge/trace/canonical-calls.ts';
import { compareTraces } from '../../../../src/judge/trace/compare-traces.ts';
import { parseStrace } from '../../../../src/judge/trace/parse-strace.ts';

const ARCH = createArchRewriter({ platforms: ['linux/amd64', 'linux/arm64'] });

/** A line without a process is of the first. */
function withProcess(lines: readonly string[]): string {
  return lines.map((line) => (/^\d/.test(line) ? line : `10 ${line}`)).join('\n');
}

function canonicalise(lines: readonly string[], root?: number) {
  return canonicaliseTrace(parseStrace(withProcess(lines)), ARCH, root);
}

/** What the calls of the first process are compared by. */
function keysOf(...lines: readonly string[]): string[] {
  return canonicalise(lines).processes.flatMap(({ events }) => events.map(({ key }) => key));
}

describe('a call is compared by', () => {
  it.each<readonly [string, string]>([
    ['prctl(1, "a") = 5', 'prctl() = done'],
    ['prctl(1) = -1 EPERM (No)', 'prctl() = EPERM'],
    ['fsync(0) = 0', 'fsync(stdin) = done'],
    ['fsync(1) = 0', 'fsync(stdout) = done'],
    ['fsync(2) = 0', 'fsync(stderr) = done'],
    ['fsync(3) = 0', 'fsync(fd) = done'],
    ['fsync(AT_FDCWD) = 0', 'fsync(AT_FDCWD) = done'],
    ['read(0, "abc", 0x10) = 0x3', 'read(stdin, 16) = 3'],
    ['read(0, "abc", SIZE) = ?', 'read(stdin, SIZE) = 0'],
    ['read(0) = -1 EIO (No)', 'read(stdin) = EIO'],
    ['lseek(0, -5, SEEK_CUR) = 7', 'lseek(stdin, -5, SEEK_CUR) = 7'],
    ['pwrite64(1, "a", 2, 3) = 1', 'pwrite64(stdout, 2, 3) = 1'],
    ['openat(AT_FDCWD, "/a", O_B|O_A, 0600) = 3', 'openat(AT_FDCWD, "/a", O_A|O_B) = done'],
    ['openat(AT_FDCWD, "/a", O_B|O_LARGEFILE|0xA0) = 3', 'openat(AT_FDCWD, "/a", O_B) = done'],
    ['chdir("/lib/x86_64-linux-gnu") = 0', 'chdir("/lib/<arch>-linux-gnu") = done'],
    ['chdir("/proc/123/fd/proc/4") = 0', 'chdir("/proc/<pid>/fd/proc/<pid>") = done'],
    ['chdir("/proc/self/1") = 0', 'chdir("/proc/self/1") = done'],
    [
      String.raw`execve("/a", ["a", "x\"y", "z\\"], 0x1) = 0`,
      String.raw`execve("/a", "a" "x\"y" "z\\") = done`,
    ],
    ['execve("/a", NULL, 0x1) = 0', 'execve("/a", ) = done'],
    ['exit_group(3) = ?', 'exit_group(3) = done'],
    ['creat("/a", 0600) = 3', 'openat(AT_FDCWD, "/a", O_CREAT|O_TRUNC|O_WRONLY) = done'],
    ['unlink("/a") = 0', 'unlinkat(AT_FDCWD, "/a", ) = done'],
    ['--- SIGHUP {si_pid=1} ---', 'signal SIGHUP'],
  ])('%s: %s', (line, key) => {
    expect(keysOf('getppid() = 1', line)).toEqual(['getppid() = done', key]);
  });
});

describe('descriptors are followed', () => {
  const open = 'open("/x", O_A) = 4';
  it.each<readonly [string, readonly string[], string]>([
    ['once opened', [open], '"/x"'],
    [
      'with the path as it is compared',
      ['open("/proc/7/x86_64", O_A) = 4'],
      '"/proc/<pid>/<arch>"',
    ],
    ['unless that failed', ['open("/x", O_A) = -1 EIO (No)'], 'fd'],
    ['once closed', [open, 'close(4) = 0'], 'fd'],
    ['unless another was closed', [open, 'close(5) = 0'], '"/x"'],
    ['unless closing did not end', [open, 'close(4 <unfinished ...>'], '"/x"'],
    ['unless closing failed', [open, 'close(4) = -1 EIO (No)'], '"/x"'],
    ['to sockets', ['socket(AF_UNIX, 0) = 4'], 'socket'],
    ['to what is doubled', ['dup(1) = 4'], 'stdout'],
    ['to what is doubled elsewhere', ['dup3(2, 4, 0) = 4'], 'stderr'],
    ['to unknown ones that are doubled', [open, 'dup(77) = 4'], 'fd'],
    ['to what fcntl doubles', ['fcntl(1, F_DUPFD, 4) = 4'], 'stdout'],
    ['to unknown ones that fcntl doubles', [open, 'fcntl(77, F_DUPFD_CLOEXEC, 4) = 4'], 'fd'],
    ['unless fcntl does something else', ['fcntl(1, F_GETFD) = 4'], 'fd'],
    ['unless another call does', ['ioctl(1, F_DUPFD) = 4'], 'fd'],
    ['unless another call gives one back', ['getpid() = 4', 'accept(1, NULL) = 4'], 'fd'],
  ])('%s', (_name, lines, target) => {
    expect(keysOf(...lines, 'fsync(4) = 0').at(-1)).toBe(`fsync(${target}) = done`);
  });

  it('into children and their children, each with its own', () => {
    const keys = keysOf(
      ...[open, 'fork() = 11', '11 fork() = 12', '11 close(4) = 0', '12 fsync(4) = 0'],
      ...['11 fork() = 13', '13 fsync(4) = 0', 'fsync(4) = 0'],
    );
    expect(keys.filter((key) => key.startsWith('fsync'))).toEqual([
      'fsync("/x") = done',
      'fsync(fd) = done',
      'fsync(fd) = done',
    ]);
  });
});

describe('processes', () => {
  const shape = (lines: readonly string[], root?: number) => {
    const { processes, quiet } = canonicalise(lines, root);
    return {
      quiet,
      processes: processes.map(({ name, events }) => [name, ...events.map(({ place }) => place)]),
    };
  };

  it.each<readonly [string, readonly string[], number | undefined, unknown]>([
    ['none', [], undefined, { quiet: 0, processes: [] }],
    ['one', ['a() = 1', 'b() = 1'], undefined, { quiet: 0, processes: [['0', 0, 1]] }],
    [
      'the start of the command, which has no place',
      ['execve("/a", ["a"]) = 0', 'a() = 1', 'execve("/a", ["a"]) = 0'],
      undefined,
      { quiet: 0, processes: [['0', 0, 1]] },
    ],
    [
      'what is quiet, which has a place',
      ['brk(NULL) = 1', 'a() = 1', '--- SIGCHLD {} ---', 'b() = 1'],
      undefined,
      { quiet: 2, processes: [['0', 1, 3]] },
    ],
    ['only what is quiet', ['brk(NULL) = 1'], undefined, { quiet: 1, processes: [] }],
    [
      'strangers, who are neither compared nor quiet',
      ['7 a() = 1', '7 brk(NULL) = 1', '10 b() = 1', '8 c() = 1'],
      10,
      { quiet: 0, processes: [['0', 2]] },
    ],
    [
      'children in the order of their numbers',
      [
        ...Array.from({ length: 10 }, (_, at) => `fork() = ${String(at + 11)}`),
        ...['20 a() = 1', '12 a() = 1', '12 fork() = 30', '30 a() = 1'],
      ],
      undefined,
      {
        quiet: 0,
        processes: [
          ['0', 0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
          ['0.2', 11, 12],
          ['0.2.1', 13],
          ['0.10', 10],
        ],
      },
    ],
    [
      'threads of a child',
      [
        'fork() = 11',
        '11 clone(flags=CLONE_VM|CLONE_THREAD) = 12',
        '12 a() = 1',
        '12 fork() = 13',
        '13 b() = 1',
      ],
      undefined,
      {
        quiet: 0,
        processes: [
          ['0', 0],
          ['0.1', 1, 2, 3],
          ['0.1.1', 4],
        ],
      },
    ],
    [
      'children nobody named, the first before the second',
      [
        'vfork( <unfinished ...>',
        'clone( <unfinished ...>',
        '15 a() = 1',
        '16 b() = 1',
        '17 c() = 1',
      ],
      undefined,
      {
        quiet: 0,
        processes: [
          ['0', 0, 1],
          ['0.1', 2],
          ['0.2', 3],
        ],
      },
    ],
    [
      'what only looks like a fork',
      ['xfork() = 11', 'forked() = 12', 'clone33() = 13', '11 a() = 1', '12 a() = 1', '13 a() = 1'],
      undefined,
      { quiet: 0, processes: [['0', 0, 1, 2]] },
    ],
  ])('%s', (_name, lines, root, expected) => {
    expect(shape(lines, root)).toEqual(expected);
  });
});

describe('two traces part first', () => {
  const side = (lines: readonly string[]) =>
    ({ format: 'strace', platform: 'linux/arm64', text: withProcess(lines) }) as const;
  const first = (left: readonly string[], right: readonly string[]) =>
    compareTraces(side(left), side(right)).first;

  const left = ['fork() = 11', '11 a() = 1', 'b() = 1', '11 c() = 1', 'd() = 1'];
  it.each<readonly [string, readonly string[], string, number]>([
    ['where a child does more', left.toSpliced(1, 0, '11 x() = 1').with(-1, 'y() = 1'), '0.1', 0],
    ['where the command does more', left.toSpliced(2, 0, 'x() = 1').with(-2, '11 y() = 1'), '0', 1],
    ['not where one does more at its end', [...left, '11 x() = 1'].with(4, 'y() = 1'), '0', 2],
    ['where a child does less', left.toSpliced(1, 1).with(-1, 'y() = 1'), '0.1', 0],
  ])('%s', (_name, right, process, index) => {
    expect(first(left, right)).toMatchObject({ process, index });
  });

  it('at their beginnings, where the whole is too different', () => {
    const far = (name: string) =>
      side(
        Array.from({ length: 4000 }, (_, at) =>
          at % 2 === 0 ? 'getpid() = 10' : `chdir("/${name}${String(at)}") = 0`,
        ),
      );
    expect(compareTraces(far('a'), far('b'))).toEqual({
      events: [4000, 4000],
      quiet: [0, 0],
      processes: [1, 1],
      common: 201,
      differences: 200,
      complete: false,
      first: {
        process: '0',
        index: 1,
        before: [{ left: 'getpid() = 10', right: 'getpid() = 10' }],
        left: ['chdir("/a1") = 0'],
        right: ['chdir("/b1") = 0'],
        after: [{ left: 'getpid() = 10', right: 'getpid() = 10' }],
      },
    });
  });
});
