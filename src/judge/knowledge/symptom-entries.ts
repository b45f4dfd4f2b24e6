import type { SymptomEntry } from './knowledge-entry.ts';

const CRASH = ['SIGSEGV', 'SIGABRT', 'SIGILL', 'SIGBUS', 'SIGTRAP'] as const;

/**
 * Failures that are recognised by how a lane ended and what it said. The first entry that holds is
 * given: the specific ones come before the general.
 */
export const SYMPTOM_ENTRIES: readonly SymptomEntry[] = [
  {
    id: 'page-size-unsupported',
    title: 'The program was built for smaller pages than this kernel has',
    cause: 'environment',
    advice: 'Rebuild with --with-lg-page=16 (jemalloc) or -z max-page-size=65536.',
    source: 'https://github.com/stalwartlabs/stalwart/issues/578',
    symptoms: [
      { output: `Unsupported system page size|ELF load command alignment not page-aligned` },
    ],
  },
  {
    id: 'exec-format-error',
    title: 'The kernel has no handler for a program of this architecture',
    cause: 'environment',
    advice:
      'Run archparity doctor: the binfmt handler is missing, disabled or its mask does not match; or the file is of another platform.',
    source: 'https://docs.kernel.org/admin-guide/binfmt-misc.html',
    symptoms: [{ ends: ['ENOEXEC'] }, { output: `(?i)exec format error` }],
  },
  {
    id: 'loader-missing',
    title: 'The program interpreter of the guest is missing',
    cause: 'environment',
    advice:
      'Check PT_INTERP with archparity inspect: the C library of this platform is not in the root file system, or the handler lacks the flag F.',
    source: 'https://github.com/docker/docs/issues/14140',
    symptoms: [{ output: `Could not open '/lib[^']*': No such file or directory` }],
  },
  {
    id: 'program-missing',
    title: 'The program, its loader or its script interpreter is missing on this platform',
    cause: 'architecture',
    advice: 'Look which of them the image lacks for this platform: archparity test IMAGE names it.',
    source: 'execve(2), ENOENT',
    symptoms: [{ kinds: ['emulated', 'vm', 'ssh'], ends: ['ENOENT'] }],
  },
  {
    id: 'setuid-lost',
    title: 'The handler ignores setuid and file capabilities',
    cause: 'environment',
    advice: 'Register the binfmt handler with the flag C (Debian 12 registers OPF).',
    source: 'https://docs.kernel.org/admin-guide/binfmt-misc.html',
    symptoms: [{ kinds: ['emulated'], output: `effective uid is not 0` }],
  },
  {
    id: 'qemu-internal-crash',
    title: 'QEMU itself crashed',
    cause: 'emulator',
    advice: 'Use another QEMU (7.2, or 9 and newer), or the vm lane.',
    source: 'https://github.com/tokio-rs/tokio/issues/6363',
    symptoms: [{ output: `QEMU internal SIG(?:SEGV|ILL|ABRT|BUS)` }],
  },
  {
    id: 'node-illegal-instruction',
    title:
      'A program met an instruction that QEMU does not know: V8 of Node.js often does, and may hang',
    cause: 'emulator',
    advice: 'Try cpu=max and a newer QEMU; build JavaScript on the platform of the builder.',
    source: 'https://github.com/nodejs/docker-node/issues/1973',
    symptoms: [{ kinds: ['emulated'], output: `qemu: uncaught target signal 4` }],
  },
  {
    id: 'jvm-crash',
    title: 'The Java virtual machine crashed under emulation',
    cause: 'emulator',
    advice: 'Run the case on a vm or ssh lane.',
    source: 'https://github.com/openjdk/jdk/pull/24229',
    symptoms: [
      {
        kinds: ['emulated'],
        output: `A fatal error has been detected by the Java Runtime Environment`,
      },
    ],
  },
  {
    id: 'dotnet-crash',
    title: '.NET is not supported under qemu-user',
    cause: 'emulator',
    advice:
      'Publish for the target from the native platform (dotnet publish -r), test on the vm lane.',
    source: 'https://github.com/dotnet/dotnet-docker/issues/5355',
    symptoms: [
      {
        kinds: ['emulated'],
        ends: CRASH,
        output: `coreclr|System\\.Private\\.CoreLib|\\bdotnet\\b`,
      },
    ],
  },
  {
    id: 'go-lfstack',
    title: 'A Go program of amd64 does not run on a host with 48-bit addresses of arm64',
    cause: 'emulator',
    advice: 'Run the amd64 image on an amd64 host.',
    source: 'https://github.com/rancher-sandbox/rancher-desktop/issues/8606',
    symptoms: [{ output: `runtime: lfstack\\.push` }],
  },
  {
    id: 'go-preemption',
    title: 'Asynchronous preemption of Go trips over emulated signals',
    cause: 'emulator',
    advice: 'Set GODEBUG=asyncpreemptoff=1, or cross-compile Go programs.',
    source: 'https://github.com/golang/go/issues/36981',
    symptoms: [
      {
        kinds: ['emulated'],
        output: `(?s)(?:fatal error: (?:unexpected signal|found bad pointer|bad g|bad sweepgen|morestack)|unexpected signal during runtime execution).*\\bgoroutine \\d+ \\[`,
      },
    ],
  },
  {
    id: 'ldconfig-crash',
    title: 'ldconfig crashes under this QEMU',
    cause: 'emulator',
    advice:
      'Use another QEMU build: old ones (before 5.0) and non-PIE ones on new kernels crash; randomize_va_space=0 avoids the latter.',
    source: 'https://github.com/tonistiigi/binfmt/issues/215',
    symptoms: [
      {
        kinds: ['emulated'],
        output: `(?s)(?:libc-bin|ldconfig).*(?:Segmentation fault|signal 11)`,
      },
    ],
  },
  {
    id: 'ptrace-missing',
    title: 'qemu-user has no ptrace: debuggers and tracers cannot work',
    cause: 'emulator',
    advice: 'Use QEMU_STRACE=1 or QEMU_GDB instead, or the vm lane.',
    source: 'https://www.qemu.org/docs/master/user/main.html',
    symptoms: [{ kinds: ['emulated'], output: `(?i)ptrace[^\\n]*Function not implemented` }],
  },
  {
    id: 'syscall-unknown-to-qemu',
    title: 'This QEMU does not know a system call',
    cause: 'emulator',
    advice: 'Upgrade QEMU, or use the vm lane: its kernel is a real one.',
    source: 'https://github.com/gliderlabs/docker-alpine/issues/48',
    symptoms: [{ output: `(?i)qemu: Unsupported syscall: \\d+|Unsupported syscall: 283` }],
  },
  {
    id: 'syscall-not-implemented',
    title: 'A system call is not implemented under qemu-user',
    cause: 'emulator',
    advice:
      'io_uring, clone3, seccomp, bpf, userfaultfd, landlock and others are missing in QEMU: use the vm lane.',
    source: 'https://github.com/multiarch/qemu-user-static/issues/114',
    symptoms: [{ kinds: ['emulated'], output: `Function not implemented|\\bENOSYS\\b` }],
  },
  {
    id: 'syscall-not-in-table',
    title: 'arm64 has no such system call',
    cause: 'architecture',
    advice: 'Use the newer call (openat for open, clone for fork), or that of the C library.',
    source: 'linux/include/uapi/asm-generic/unistd.h',
    symptoms: [
      {
        output: `\\b(?:SYS|__NR)_(?:open|creat|link|unlink|mkdir|rmdir|rename|stat|lstat|access|pipe|dup2|fork|vfork|poll|select|epoll_create|epoll_wait|inotify_init|eventfd|signalfd|readlink|symlink|chmod|chown|mknod|getdents|alarm|pause|time|utime)\\b[^\\n]*(?:undeclared|not (?:defined|declared))`,
      },
    ],
  },
  {
    id: 'madvise-ignored',
    title: 'MADV_DONTNEED is ignored by old QEMU versions',
    cause: 'emulator',
    advice: 'Upgrade QEMU (7.2 is known to be right).',
    source: 'https://github.com/jemalloc/jemalloc/issues/2005',
    symptoms: [{ output: `MADV_DONTNEED does not work` }],
  },
  {
    id: 'namespace-clone',
    title: 'clone() with new namespaces fails under qemu-user',
    cause: 'emulator',
    advice: 'Run systemd and container runtimes on the vm lane.',
    source: 'https://github.com/systemd/systemd/issues/21511',
    symptoms: [
      { kinds: ['emulated'], output: `Failed to (?:clone|fork|fork off)[^\\n]*: Invalid argument` },
    ],
  },
  {
    id: 'memfd-exec',
    title: 'A program cannot be executed from memory through a binfmt handler',
    cause: 'emulator',
    advice: 'Write the program to a file and execute that.',
    source: 'linux/fs/binfmt_misc.c, BINPRM_FLAGS_PATH_INACCESSIBLE',
    symptoms: [
      {
        kinds: ['emulated'],
        output: `(?i)(?:fexecve|execveat|memfd)[^\\n]*No such file or directory`,
      },
    ],
  },
  {
    id: 'readdir-overflow',
    title: 'A 32-bit program cannot hold 64-bit inode numbers',
    cause: 'environment',
    advice: 'Build with _FILE_OFFSET_BITS=64, or run on a tmpfs.',
    source: 'https://github.com/ntop/nDPI/issues/3088',
    symptoms: [{ output: `Value too large for defined data type` }],
  },
  {
    id: 'nofile-limit',
    title: 'The runtime may not raise the limit of open files',
    cause: 'environment',
    advice: 'Keep the limits of the host: CAP_SYS_RESOURCE is missing here.',
    source: 'setrlimit(2)',
    symptoms: [{ output: `setrlimit [^\\n]*RLIMIT_NOFILE[^\\n]*Operation not permitted` }],
  },
  {
    id: 'hybrid-cgroups',
    title: 'crun refuses hybrid cgroups',
    cause: 'environment',
    advice: 'Give it a cgroup namespace with a cgroup2 mount of its own.',
    source: 'crun, cgroup.c',
    symptoms: [{ output: `cgroups in hybrid mode not supported` }],
  },
  {
    id: 'host-cpuinfo',
    title: 'QEMU before 8.2 shows the CPU of the host in /proc/cpuinfo',
    cause: 'emulator',
    advice: 'Upgrade QEMU, and detect CPU features with getauxval(AT_HWCAP).',
    source: 'https://github.com/docker/for-mac/issues/5245',
    symptoms: [
      {
        kinds: ['emulated'],
        output: `(?m)^vendor_id\\s*: (?:GenuineIntel|AuthenticAMD)`,
        alsoOnBase: true,
      },
    ],
  },
  {
    id: 'illegal-instruction',
    title: 'The emulated CPU model lacks an instruction',
    cause: 'emulator',
    advice: 'Try the lane with cpu=max: the default model is chosen for speed.',
    source: 'https://www.qemu.org/docs/master/system/arm/cpu-features.html',
    symptoms: [{ kinds: ['emulated', 'vm'], ends: ['SIGILL'] }],
  },
  {
    id: 'qemu-crash-signal',
    title: 'The program crashed under QEMU',
    cause: 'undecided',
    advice:
      'Try another QEMU build and the vm lane: new kernels with non-PIE QEMU builds crash programs that are right.',
    source: 'https://github.com/tonistiigi/binfmt/issues/298',
    symptoms: [{ kinds: ['emulated'], output: `qemu: uncaught target signal (?:6|7|11)` }],
  },
];
