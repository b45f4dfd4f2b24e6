import type { ProbeDefinition } from '../probe-definition.ts';

/** Whether a system call is there at all. */
export const SYSCALL_PROBES: readonly ProbeDefinition[] = [
  {
    id: 'clone3',
    title: 'clone3',
    matters:
      'glibc and container runtimes try it first; seccomp profiles and fallbacks depend on its errno',
  },
  {
    id: 'io-uring',
    title: 'io_uring_setup',
    matters: 'databases, Node.js and tokio-uring pick their I/O by it',
  },
  {
    id: 'native-aio',
    title: 'io_setup (native AIO)',
    matters: 'MySQL, ScyllaDB and QEMU refuse to start or become slow without it',
  },
  {
    id: 'rseq',
    title: 'rseq',
    matters: 'tcmalloc and glibc use it for per-CPU data',
  },
  {
    id: 'robust-list',
    title: 'set_robust_list',
    matters: 'locks whose owner died are released by it',
  },
  {
    id: 'seccomp',
    title: 'seccomp(2)',
    matters: 'sandboxes: systemd, Chrome, OpenSSH, libseccomp',
  },
  {
    id: 'seccomp-filter',
    title: 'a seccomp filter acts',
    matters: 'a sandbox that is only accepted protects nothing',
  },
  {
    id: 'bpf',
    title: 'bpf',
    matters: 'tracing, Cilium, systemd firewalls',
  },
  {
    id: 'perf-event',
    title: 'perf_event_open',
    matters: 'profilers, PAPI, the JIT dumps of runtimes',
  },
  {
    id: 'userfaultfd',
    title: 'userfaultfd',
    matters: 'garbage collectors (ART), live migration, CRIU',
  },
  {
    id: 'openat2',
    title: 'openat2',
    matters: 'container runtimes and Go (securejoin) resolve paths with it',
  },
  {
    id: 'landlock',
    title: 'landlock_create_ruleset',
    matters: 'sandboxes of unprivileged programs',
  },
  {
    id: 'futex-waitv',
    title: 'futex_waitv',
    matters: 'Wine and game runtimes',
  },
  {
    id: 'epoll-pwait2',
    title: 'epoll_pwait2',
    matters: 'event loops with nanosecond deadlines',
  },
  {
    id: 'fchmodat2',
    title: 'fchmodat2',
    matters: 'glibc 2.39 and tar set modes of links with it',
  },
  {
    id: 'fanotify',
    title: 'fanotify_init',
    matters: 'file watchers and virus scanners',
  },
  {
    id: 'membarrier',
    title: 'membarrier',
    matters: '.NET, liburcu and the JVM order memory with it',
  },
  {
    id: 'statx',
    title: 'statx',
    matters: 'coreutils, Rust and Node.js read birth times with it',
  },
  {
    id: 'renameat2',
    title: 'renameat2 with RENAME_EXCHANGE',
    matters: 'atomic swaps: ostree, package managers',
  },
  {
    id: 'copy-file-range',
    title: 'copy_file_range',
    matters: 'cp, Go and Rust copy files with it',
  },
  {
    id: 'pidfd',
    title: 'pidfd_open and pidfd_send_signal',
    matters: 'service managers and Go signal processes through it',
  },
  {
    id: 'close-range',
    title: 'close_range',
    matters: 'runtimes close descriptors before exec with it: Python, systemd, crun',
  },
  {
    id: 'cachestat',
    title: 'cachestat',
    matters: 'tools that look at the page cache',
  },
  {
    id: 'mseal',
    title: 'mseal',
    matters: 'glibc and Chrome seal their code with it',
  },
  {
    id: 'open-tree',
    title: 'open_tree',
    matters: 'the mount API of container runtimes and util-linux',
  },
  {
    id: 'kcmp',
    title: 'kcmp',
    matters: 'CRIU, Mesa and systemd compare descriptors with it',
  },
];
