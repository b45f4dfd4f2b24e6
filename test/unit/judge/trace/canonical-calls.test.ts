import { describe, expect, it } from 'vitest';
import { compareTraces } from '../../../../src/judge/trace/compare-traces.ts';

function trace(platform: 'linux/amd64' | 'linux/arm64', lines: readonly string[], root?: number) {
  // A line without a process is of the first.
  const text = lines.map((line) => (/^\d/.test(line) ? line : `10 ${line}`)).join('\n');
  return { format: 'strace', platform, text, ...(root === undefined ? {} : { root }) } as const;
}

function compare(left: readonly string[], right: readonly string[]) {
  return compareTraces(trace('linux/amd64', left), trace('linux/arm64', right));
}

/** Whether calls of two machines, each behind the same opened file, count as the same. */
function areSame(left: string | readonly string[], right: string | readonly string[]): boolean {
  const open = 'openat(AT_FDCWD, "/opened", O_RDONLY) = 3';
  return compare([open, ...[left].flat()], [open, ...[right].flat()]).differences === 0;
}

describe('a call that arm64 has not is what its C libraries call instead', () => {
  it.each<readonly [amd64: string, arm64: string]>([
    ['accept(3, NULL, NULL) = 4', 'accept4(3, NULL, NULL, 0) = 4'],
    ['access("/a", R_OK) = 0', 'faccessat(AT_FDCWD, "/a", R_OK) = 0'],
    ['chmod("/a", 0600) = 0', 'fchmodat(AT_FDCWD, "/a", 0600) = 0'],
    ['chown("/a", 0, 0) = 0', 'fchownat(AT_FDCWD, "/a", 0, 0, 0) = 0'],
    ['lchown("/a", 0, 0) = 0', 'fchownat(AT_FDCWD, "/a", 0, 0, AT_SYMLINK_NOFOLLOW) = 0'],
    ['clone3({flags=CLONE_VM}, 88) = 11', 'clone(child_stack=NULL, flags=SIGCHLD) = 11'],
    ['creat("/a", 0600) = 4', 'openat(AT_FDCWD, "/a", O_WRONLY|O_CREAT|O_TRUNC, 0600) = 4'],
    ['dup2(3, 1) = 1', 'dup3(3, 1, 0) = 1'],
    ['epoll_create(1) = 4', 'epoll_create1(0) = 4'],
    ['epoll_wait(4, [], 1, 0) = 0', 'epoll_pwait(4, [], 1, 0, NULL, 8) = 0'],
    ['eventfd(0) = 4', 'eventfd2(0, 0) = 4'],
    ['faccessat2(AT_FDCWD, "/a", R_OK, 0) = 0', 'faccessat(AT_FDCWD, "/a", R_OK) = 0'],
    ['fork() = 11', 'clone(child_stack=NULL, flags=SIGCHLD) = 11'],
    ['vfork() = 11', 'clone(child_stack=NULL, flags=CLONE_VFORK) = 11'],
    ['fstat(3, {st_size=1}) = 0', 'newfstatat(3, "", {st_size=1}, AT_EMPTY_PATH) = 0'],
    ['fstatat64(3, "/a", {}, 0) = 0', 'newfstatat(3, "/a", {}, 0) = 0'],
    ['getdents(3, [], 32768) = 0', 'getdents64(3, [], 32768) = 0'],
    ['getpgrp() = 10', 'getpgid(0) = 10'],
    ['inotify_init() = 4', 'inotify_init1(0) = 4'],
    ['link("/a", "/b") = 0', 'linkat(AT_FDCWD, "/a", AT_FDCWD, "/b", 0) = 0'],
    ['lstat("/a", {}) = 0', 'newfstatat(AT_FDCWD, "/a", {}, AT_SYMLINK_NOFOLLOW) = 0'],
    ['mkdir("/a", 0700) = 0', 'mkdirat(AT_FDCWD, "/a", 0700) = 0'],
    ['mknod("/a", S_IFIFO) = 0', 'mknodat(AT_FDCWD, "/a", S_IFIFO) = 0'],
    ['nanosleep({tv_sec=1}, NULL) = 0', 'clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=1}) = 0'],
    ['open("/a", O_RDONLY) = 4', 'openat(AT_FDCWD, "/a", O_RDONLY) = 4'],
    ['pause() = -1 EINTR (Interrupted)', 'ppoll(NULL, 0, NULL, NULL, 0) = -1 EINTR (Interrupted)'],
    ['pipe([4, 5]) = 0', 'pipe2([4, 5], 0) = 0'],
    ['poll([], 0, 0) = 0', 'ppoll([], 0, {}, NULL, 0) = 0'],
    ['readlink("/a", "b", 9) = 1', 'readlinkat(AT_FDCWD, "/a", "b", 9) = 1'],
    ['rename("/a", "/b") = 0', 'renameat(AT_FDCWD, "/a", AT_FDCWD, "/b") = 0'],
    ['rename("/a", "/b") = 0', 'renameat2(AT_FDCWD, "/a", AT_FDCWD, "/b", 0) = 0'],
    ['rmdir("/a") = 0', 'unlinkat(AT_FDCWD, "/a", AT_REMOVEDIR) = 0'],
    ['select(0, NULL) = 0', 'pselect6(0, NULL) = 0'],
    ['stat("/a", {}) = 0', 'newfstatat(AT_FDCWD, "/a", {}, 0) = 0'],
    ['symlink("/a", "/b") = 0', 'symlinkat("/a", AT_FDCWD, "/b") = 0'],
    ['time(NULL) = 1', 'clock_gettime(CLOCK_REALTIME, {}) = 0'],
    ['unlink("/a") = 0', 'unlinkat(AT_FDCWD, "/a", 0) = 0'],
    ['utime("/a", NULL) = 0', 'utimensat(AT_FDCWD, "/a", NULL, 0) = 0'],
    ['utimes("/a", NULL) = 0', 'utimensat(AT_FDCWD, "/a", NULL, 0) = 0'],
  ])('%s: %s', (amd64, arm64) => {
    expect(areSame(amd64, arm64)).toBe(true);
    // What it is about is compared all the same: the path, the descriptor, and whether it failed.
    if (amd64.includes('/a')) expect(areSame(amd64.replace('/a', '/other'), arm64)).toBe(false);
    if (amd64.includes('"/b"')) expect(areSame(amd64.replace('/b', '/other'), arm64)).toBe(false);
    if (/\(3[,)]/.test(amd64)) expect(areSame(amd64.replace('(3', '(1'), arm64)).toBe(false);
    expect(areSame(amd64.replace(/ = .*/, ' = -1 EFAULT (Bad)'), arm64)).toBe(false);
  });
});

describe('arguments', () => {
  it.each<readonly [string, string | readonly string[], string | readonly string[], boolean]>([
    ['flags in any order', 'open("/a", O_A|O_B) = 4', 'open("/a", O_B|O_A) = 4', true],
    ['other flags', 'open("/a", O_A) = 4', 'open("/a", O_B) = 4', false],
    ['what 32-bit programs say', 'open("/a", O_A|O_LARGEFILE) = 4', 'open("/a", O_A) = 4', true],
    ['flags without a name', 'open("/a", O_A|0x8000) = 4', 'open("/a", O_A) = 4', true],
    ['sizes', 'write(1, "abc", 3) = 3', 'write(1, "abc", 4) = 3', false],
    ['sizes that were written', 'write(1, "abc", 3) = 3', 'write(1, "abc", 3) = 2', false],
    ['sizes in other digits', 'write(1, "abc", 16) = 16', 'write(1, "abc", 0x10) = 0x10', true],
    ['buffers', 'write(1, "abc", 3) = 3', 'write(1, 0x1234, 3) = 3', true],
    ['other results', 'getppid() = 7', 'getppid() = 8', true],
    ['errors', 'getppid() = -1 EPERM (No)', 'getppid() = -1 EIO (No)', false],
    ['standard streams', 'write(1, "a", 1) = 1', 'write(2, "a", 1) = 1', false],
    ['unknown descriptors', 'fsync(7) = 0', 'fsync(8) = 0', true],
    ['processes in paths', 'open("/proc/12/maps", O_A) = 4', 'open("/proc/9/maps", O_A) = 4', true],
    [
      'other files of a process',
      'open("/proc/1/maps", O_A) = 4',
      'open("/proc/1/x", O_A) = 4',
      false,
    ],
    [
      'arguments of a program',
      'execve("/a", ["a", "-x \\"y\\""], 0x1 /* 3 vars */) = 0',
      'execve("/a", {"a", "-x \\"y\\"", NULL}) = 0',
      true,
    ],
    [
      'other arguments of a program',
      'execve("/a", ["a", "-x"], 0x1) = 0',
      'execve("/a", ["a", "-y"], 0x1) = 0',
      false,
    ],
    ['names of signals', '--- SIGHUP {pid=1} ---', '--- SIGHUP {pid=2} ---', true],
    ['other signals', '--- SIGHUP {pid=1} ---', '--- SIGTERM {pid=1} ---', false],
  ])('%s', (_name, left, right, same) => {
    expect(areSame(left, right)).toBe(same);
  });

  const opened = 'open("/x", O_A) = 4';
  const elsewhere = 'open("/x", O_A) = 9';
  it.each<readonly [string, readonly string[], readonly string[], boolean]>([
    ['opened', [opened, 'fsync(4) = 0'], [elsewhere, 'fsync(9) = 0'], true],
    ['opened and another', [opened, 'fsync(4) = 0'], [opened, 'fsync(3) = 0'], false],
    [
      'that could not be opened',
      ['open("/x", O_A) = -1 EPERM (No)', 'fsync(-1) = 0'],
      ['open("/x", O_A) = -1 EPERM (No)', 'fsync(7) = 0'],
      true,
    ],
    [
      'closed',
      [opened, 'close(4) = 0', 'fsync(4) = 0'],
      [elsewhere, 'close(9) = 0', 'fsync(30) = 0'],
      true,
    ],
    [
      'that could not be closed',
      [opened, 'close(4) = -1 EIO (No)', 'fsync(4) = 0'],
      [elsewhere, 'close(9) = -1 EIO (No)', 'fsync(30) = 0'],
      false,
    ],
    [
      'sockets',
      ['socket(AF_UNIX, 0, 0) = 4', 'listen(4, 1) = 0'],
      ['socket(AF_UNIX, 0, 0) = 5', 'listen(5, 1) = 0'],
      true,
    ],
    [
      'sockets and others',
      ['socket(AF_UNIX, 0, 0) = 4', 'listen(4, 1) = 0'],
      ['socket(AF_UNIX, 0, 0) = 5', 'listen(9, 1) = 0'],
      false,
    ],
    ['doubled', ['dup(3) = 8', 'fsync(8) = 0'], ['dup(3) = 9', 'fsync(3) = 0'], true],
    ['put elsewhere', ['dup2(3, 1) = 1', 'fsync(1) = 0'], ['dup2(3, 1) = 1', 'fsync(3) = 0'], true],
    [
      'doubled by fcntl',
      ['fcntl(3, F_DUPFD_CLOEXEC, 10) = 10', 'fsync(10) = 0'],
      ['fcntl(3, F_DUPFD_CLOEXEC, 10) = 11', 'fsync(3) = 0'],
      true,
    ],
    [
      'not doubled by fcntl',
      ['fcntl(3, F_GETFD) = 1', 'fsync(1) = 0'],
      ['fcntl(3, F_GETFD) = 1', 'fsync(3) = 0'],
      false,
    ],
    [
      'inherited by a child',
      [opened, 'fork() = 11', '11 fsync(4) = 0'],
      [elsewhere, 'fork() = 77', '77 fsync(9) = 0'],
      true,
    ],
    [
      'closed in a child alone',
      [opened, 'fork() = 11', '11 close(4) = 0', 'fsync(4) = 0'],
      [elsewhere, 'fork() = 77', '77 close(9) = 0', 'fsync(9) = 0'],
      true,
    ],
  ])('descriptors %s', (_name, left, right, same) => {
    expect(areSame(left, right)).toBe(same);
  });
});

describe('what is not compared', () => {
  it.each<readonly [string, string]>([
    ['memory', 'mmap(NULL, 4096) = 0x1000'],
    ['children', '--- SIGCHLD {pid=11} ---'],
    [
      'libraries of newer processors',
      'open("/lib/glibc-hwcaps/v3/libc.so.6", O_A) = -1 ENOENT (No)',
    ],
    ['a call that only newer kernels have', 'clone3({flags=0}, 88) = -1 ENOSYS (No)'],
    ['another', 'faccessat2(AT_FDCWD, "/a", R_OK, 0) = -1 ENOSYS (No)'],
  ])('%s', (_name, line) => {
    const result = compare([line, 'getppid() = 1'], ['getppid() = 1']);
    expect(result).toMatchObject({ differences: 0, quiet: [1, 0], events: [1, 1] });
  });

  it('is how a loader reads a library, but not that it does, or what else is read', () => {
    const lib = (name: string) => `openat(AT_FDCWD, "${name}", O_RDONLY) = 4`;
    const read = ['read(4, "x", 832) = 832', 'pread64(4, "x", 8, 64) = 8'];
    expect(compare([lib('/lib/libc.so.6'), ...read], [lib('/lib/libc.so.6')])).toMatchObject({
      differences: 0,
      quiet: [2, 0],
    });
    expect(compare([lib('/lib/a.so'), ...read], []).differences).toBe(1);
    expect(compare([lib('/lib/a.conf'), ...read], [lib('/lib/a.conf')])).toMatchObject({
      differences: 1,
      quiet: [0, 0],
    });
  });

  it('is not what a kernel has not otherwise, and what other signals say', () => {
    expect(compare(['openat2(AT_FDCWD, "/a") = -1 ENOSYS (No)'], []).quiet).toEqual([0, 0]);
    expect(compare(['clone3({flags=0}, 88) = -1 EPERM (No)'], []).quiet).toEqual([0, 0]);
    expect(compare(['--- SIGHUP {pid=11} ---'], []).quiet).toEqual([0, 0]);
  });

  it('is the start of the program itself, which strace alone shows', () => {
    const start = 'execve("/app", ["app"], 0x1) = 0';
    expect(compare([start, 'getppid() = 1'], ['getppid() = 1']).events).toEqual([1, 1]);
    expect(compare(['getppid() = 1', start], ['getppid() = 1']).events).toEqual([2, 1]);
  });
});

describe('processes', () => {
  const found = (lines: readonly string[], root?: number) => {
    const { events, processes } = compareTraces(
      trace('linux/amd64', lines, root),
      trace('linux/arm64', []),
    );
    return { events: events[0], processes: processes[0] };
  };
  const parted = (left: readonly string[], right: readonly string[]): string | undefined =>
    compare(left, right).first?.process;

  it('are named by how they came to be', () => {
    const family = ['fork() = 11', 'fork() = 12', '12 fork() = 13', '13 getppid() = 12'];
    const other = family.with(3, '13 getpid() = 13');
    expect(parted(family, other)).toBe('0.2.1');
    expect(parted([...family, '11 getppid() = 1'], family)).toBe('0.1');
    expect(parted([...family, 'getppid() = 1'], family)).toBe('0');
  });

  it('are threads of their process', () => {
    const thread = 'clone(child_stack=0x1, flags=CLONE_VM|CLONE_THREAD) = 11';
    expect(found([thread, '11 getppid() = 1', 'fork() = 12', '12 getpid() = 12'])).toEqual({
      events: 4,
      processes: 2,
    });
  });

  it('are no children of a fork that failed', () => {
    const failed = 'fork() = -1 EAGAIN (No)';
    expect(parted([failed, 'fork() = 12', '12 getppid() = 1'], [failed, 'fork() = 12'])).toBe(
      '0.1',
    );
  });

  it('are, where nobody said their number, the next that is heard of', () => {
    const lines = ['10 fork( <unfinished ...>', '15 getppid() = 10', '16 getppid() = 1'];
    expect(found(lines)).toEqual({ events: 2, processes: 2 });
  });

  it('count from the command on', () => {
    const lines = ['8 getpid() = 8', '8 fork() = 10', '10 getppid() = 8', '10 getpid() = 10'];
    expect(found(lines, 10)).toEqual({ events: 2, processes: 1 });
    expect(found(lines)).toEqual({ events: 4, processes: 2 });
    expect(found([])).toEqual({ events: 0, processes: 0 });
  });

  it('are compared in the order of their numbers, and part where they do first', () => {
    const forks = Array.from({ length: 10 }, (_, at) => `fork() = ${String(at + 11)}`);
    const say = (pid: number, name: string) => `${String(pid)} ${name}() = 1`;
    const left = [...forks, say(20, 'getuid'), say(12, 'getuid')];
    expect(parted(left, [...forks, say(20, 'getgid'), say(12, 'getgid')])).toBe('0.10');
    expect(parted(left, [...forks, say(20, 'getuid'), say(12, 'getgid')])).toBe('0.2');
  });
});
