/** What an argument means, and so how it is compared. Addresses and buffers are not. */
export type ArgumentKind = 'fd' | 'path' | 'word' | 'size' | 'argv' | 'skip';

/** What a call gives back when it succeeds. */
export type ResultKind = 'fd' | 'size' | 'done';

export interface CallSignature {
  readonly args: readonly ArgumentKind[];
  readonly result: ResultKind;
}

function call(args: string, result: ResultKind = 'done'): CallSignature {
  return { args: args.split(' ').filter(Boolean) as ArgumentKind[], result };
}

/** Calls whose arguments are compared; of all others name and errno are. Source: their manual pages, section 2. */
export const SIGNATURES: Readonly<Record<string, CallSignature>> = {
  accept4: call('fd', 'fd'),
  bind: call('fd'),
  chdir: call('path'),
  chroot: call('path'),
  clone: call(''),
  close: call('fd'),
  connect: call('fd'),
  dup: call('fd', 'fd'),
  dup3: call('fd', 'fd'),
  epoll_create1: call('', 'fd'),
  eventfd2: call('', 'fd'),
  execve: call('path argv'),
  exit: call('size'),
  exit_group: call('size'),
  faccessat: call('fd path word'),
  fchdir: call('fd'),
  fchmod: call('fd'),
  fchmodat: call('fd path'),
  fchown: call('fd'),
  fchownat: call('fd path'),
  fcntl: call('fd word', 'done'),
  fdatasync: call('fd'),
  flock: call('fd'),
  fsync: call('fd'),
  ftruncate: call('fd size'),
  getdents64: call('fd'),
  inotify_add_watch: call('fd path'),
  inotify_init1: call('', 'fd'),
  ioctl: call('fd'),
  linkat: call('fd path fd path'),
  listen: call('fd'),
  lseek: call('fd size word', 'size'),
  memfd_create: call('word', 'fd'),
  mkdirat: call('fd path'),
  mknodat: call('fd path'),
  mount: call('path path word'),
  newfstatat: call('fd path'),
  openat: call('fd path word', 'fd'),
  openat2: call('fd path', 'fd'),
  pread64: call('fd skip size size', 'size'),
  pwrite64: call('fd skip size size', 'size'),
  read: call('fd skip size', 'size'),
  readlinkat: call('fd path'),
  readv: call('fd', 'size'),
  recvfrom: call('fd', 'size'),
  recvmsg: call('fd', 'size'),
  renameat: call('fd path fd path'),
  rt_sigaction: call('word'),
  sendfile: call('fd fd', 'size'),
  sendmsg: call('fd', 'size'),
  sendto: call('fd', 'size'),
  setgid: call('size'),
  setsockopt: call('fd'),
  setuid: call('size'),
  shutdown: call('fd'),
  socket: call('word', 'fd'),
  statfs: call('path'),
  statx: call('fd path'),
  symlinkat: call('path fd path'),
  timerfd_create: call('', 'fd'),
  truncate: call('path size'),
  unlinkat: call('fd path word'),
  utimensat: call('fd path'),
  write: call('fd skip size', 'size'),
  writev: call('fd', 'size'),
};

const HERE = 'AT_FDCWD';

/**
 * Calls that the table of arm64 has not, as what its C libraries call instead (asm-generic/unistd.h), and newer
 * forms of a call as the older one.
 */
export const ALIASES: Readonly<
  Record<string, (args: readonly string[]) => readonly [name: string, ...args: string[]]>
> = {
  accept: (args) => ['accept4', ...args],
  access: (args) => ['faccessat', HERE, ...args],
  chmod: (args) => ['fchmodat', HERE, ...args],
  chown: (args) => ['fchownat', HERE, ...args],
  clone3: (args) => ['clone', ...args],
  creat: ([path = '']) => ['openat', HERE, path, 'O_WRONLY|O_CREAT|O_TRUNC'],
  dup2: (args) => ['dup3', ...args],
  epoll_create: () => ['epoll_create1'],
  epoll_wait: (args) => ['epoll_pwait', ...args],
  eventfd: () => ['eventfd2'],
  faccessat2: (args) => ['faccessat', ...args],
  fork: () => ['clone'],
  fstat: ([fd = '']) => ['newfstatat', fd, '""'],
  fstatat64: (args) => ['newfstatat', ...args],
  getdents: (args) => ['getdents64', ...args],
  getpgrp: () => ['getpgid'],
  inotify_init: () => ['inotify_init1'],
  lchown: (args) => ['fchownat', HERE, ...args],
  link: ([from = '', to = '']) => ['linkat', HERE, from, HERE, to],
  lstat: ([path = '']) => ['newfstatat', HERE, path],
  mkdir: (args) => ['mkdirat', HERE, ...args],
  mknod: (args) => ['mknodat', HERE, ...args],
  nanosleep: () => ['clock_nanosleep'],
  open: (args) => ['openat', HERE, ...args],
  pause: () => ['ppoll'],
  pipe: (args) => ['pipe2', ...args],
  poll: () => ['ppoll'],
  readlink: (args) => ['readlinkat', HERE, ...args],
  rename: ([from = '', to = '']) => ['renameat', HERE, from, HERE, to],
  renameat2: (args) => ['renameat', ...args],
  rmdir: ([path = '']) => ['unlinkat', HERE, path, 'AT_REMOVEDIR'],
  select: () => ['pselect6'],
  stat: ([path = '']) => ['newfstatat', HERE, path],
  symlink: ([target = '', path = '']) => ['symlinkat', target, HERE, path],
  time: () => ['clock_gettime'],
  unlink: ([path = '']) => ['unlinkat', HERE, path, '0'],
  utime: (args) => ['utimensat', HERE, ...args],
  utimes: (args) => ['utimensat', HERE, ...args],
  vfork: () => ['clone'],
};

/**
 * What a C library and a kernel do among themselves: memory, locks and the start of a process differ between
 * architectures and say nothing of the program.
 */
export const QUIET_CALLS: ReadonlySet<string> = new Set([
  ...['arch_prctl', 'brk', 'futex', 'getrandom', 'madvise', 'membarrier', 'mmap', 'mprotect'],
  ...['mremap', 'munmap', 'prlimit64', 'rseq', 'rt_sigreturn', 'sched_yield', 'set_robust_list'],
  ...['set_tid_address', 'sigaltstack', 'get_robust_list', 'riscv_hwprobe', 'rt_sigprocmask'],
]);
