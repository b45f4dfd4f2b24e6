import { CRASHED, CRASH_WORDS, NEWER_QEMU, WITH_VM } from './crashed-lines.ts';
import { describeKnown } from './describe-known.ts';
import type { LogEntry } from './log-entry.ts';

/** What QEMU itself does wrong, or does not know. */
export const EMULATOR_SIGNS: readonly LogEntry[] = [
  {
    ...describeKnown('qemu-internal-crash'),
    why: 'QEMU reports that it failed itself and not the program: its own code met an address that is not there.',
    now: NEWER_QEMU,
    signs: [
      {
        words: ['qemu internal sig'],
        line: `QEMU internal SIG(?:SEGV|ILL|ABRT|BUS)`,
        confidence: 0.97,
      },
      {
        words: ['assertion'],
        line: `qemu-\\w+(?:-static)?: \\S+\\.c:\\d+: .*assertion .* failed`,
        confidence: 0.9,
      },
      {
        words: ['in qemu-'],
        line: `segfault at [0-9a-f]+ ip [0-9a-f]+ .* in qemu-\\w+`,
        confidence: 0.9,
      },
    ],
    hides: ['qemu-crash-signal'],
  },
  {
    ...describeKnown('ldconfig-crash'),
    properly:
      'Build on $BUILDPLATFORM or on an arm64 machine; where it must be emulated, pin a build of QEMU that works (10 and newer are static PIE in Debian).',
    why: 'The trigger of libc-bin runs ldconfig, a static program that some builds of QEMU crash: those before 5.0, and non-PIE ones on kernels with brk randomisation (since 2025).',
    now: NEWER_QEMU,
    signs: [
      {
        words: ['libc-bin'],
        line: `libc-bin.*(?:post-installation script subprocess returned error exit status (?:139|134|132)|trigger.*(?:segmentation fault|signal 11))`,
        confidence: 0.97,
      },
      {
        words: CRASH_WORDS,
        line: CRASHED,
        near: {
          line: `(?:Processing triggers for|Setting up|error processing package) libc-bin|\\bldconfig\\b|glibc-\\S*post-install`,
          before: 8,
          after: 6,
        },
        log: ['arm'],
        confidence: 0.95,
      },
      {
        words: CRASH_WORDS,
        line: CRASHED,
        near: {
          line: `(?:Processing triggers for|error processing package) libc-bin`,
          before: 6,
          after: 4,
        },
        confidence: 0.85,
      },
      {
        words: ['ldconfig'],
        line: `ldconfig\\S*:? .*(?:segmentation fault|signal 11)|(?:segmentation fault|signal 11).*ldconfig`,
        confidence: 0.9,
      },
    ],
    hides: ['qemu-crash-signal'],
  },
  {
    ...describeKnown('syscall-unknown-to-qemu'),
    why: 'QEMU translates system calls one by one; a program that is newer than it asks for one that it has never heard of.',
    now: NEWER_QEMU,
    signs: [
      {
        words: ['unsupported syscall'],
        line: `(?:qemu\\S*: )?unsupported syscall:? (?:nr )?\\d+`,
        confidence: 0.93,
      },
      {
        words: [
          'unsupported ancillary',
          'unsupported ioctl',
          'unsupported setsockopt',
          'unknown qemu',
        ],
        line: `^(?:qemu\\S*: )?unsupported (?:ancillary data|ioctl|setsockopt)`,
        confidence: 0.7,
      },
    ],
  },
  {
    ...describeKnown('ptrace-missing'),
    why: 'ptrace answers ENOSYS under qemu-user, so gdb, strace and sanitizers that attach to a process cannot.',
    now: [
      { text: 'Let QEMU trace.', command: 'QEMU_STRACE=1 PROGRAM' },
      {
        text: 'Debug a case of a suite by QEMU’s own stub.',
        command: 'archparity repro CASE --gdb',
      },
      ...WITH_VM,
    ],
    signs: [
      {
        words: ['ptrace'],
        line: `ptrace\\S*:? .*(?:function not implemented|not implemented)|ptrace\\([^)]*\\).*(?:function not implemented|ENOSYS|input/output error)`,
        confidence: 0.95,
      },
      {
        words: ['could not launch process'],
        line: `could not (?:launch|attach to) .*function not implemented`,
        confidence: 0.85,
      },
      {
        words: ['could not trace the inferior', "couldn't get cs register"],
        log: ['emulation'],
        confidence: 0.85,
      },
      {
        words: ['could not trace the inferior', "couldn't get cs register"],
        near: { line: `function not implemented|input/output error`, before: 3, after: 3 },
        confidence: 0.75,
      },
    ],
  },
  {
    ...describeKnown('namespace-clone'),
    why: 'qemu-user cannot make new namespaces by clone(), which systemd and sandboxes do.',
    now: WITH_VM,
    signs: [
      {
        words: ['failed to clone', 'failed to fork'],
        line: `failed to (?:clone|fork off|fork)\\b.*: invalid argument`,
        log: ['emulation'],
        confidence: 0.9,
      },
      {
        words: ['failed to clone', 'failed to fork'],
        line: `failed to (?:clone|fork off)\\b.*: invalid argument`,
        confidence: 0.6,
      },
      {
        words: ['no usable sandbox', 'bwrap', 'unshare'],
        line: `(?:bwrap|unshare)\\S*: .*(?:clone|namespace|unshare) ?(?:failed|into new namespace failed)?.*: invalid argument`,
        log: ['emulation'],
        confidence: 0.85,
      },
    ],
  },
  {
    ...describeKnown('madvise-ignored'),
    why: 'jemalloc checks at its start that freed pages come back as zeros, and this QEMU leaves them as they are.',
    now: NEWER_QEMU,
    signs: [{ words: ['madv_dontneed does not work'], confidence: 0.96 }],
  },
  {
    ...describeKnown('memfd-exec'),
    why: 'binfmt_misc refuses programs whose path QEMU could not open again, as that of a memfd.',
    now: WITH_VM,
    signs: [
      {
        words: ['fexecve', 'execveat', 'memfd'],
        line: `(?:fexecve|execveat|memfd)\\S*.*no such file or directory`,
        log: ['emulation'],
        confidence: 0.85,
      },
    ],
  },
  {
    ...describeKnown('readdir-overflow'),
    why: 'A 32-bit program without large-file support is given inode numbers or offsets of 64 bits by the host.',
    now: [
      {
        text: 'Put what it reads onto a tmpfs; for cargo fetch the index sparsely.',
        command: 'RUN --mount=type=tmpfs,target=/root/.cargo cargo build --release',
      },
    ],
    signs: [
      {
        words: ['value too large for defined data type'],
        line: `value too large for defined data type`,
        log: ['arm'],
        confidence: 0.88,
      },
      {
        words: ['value too large for defined data type'],
        line: `value too large for defined data type`,
        log: ['emulation'],
        confidence: 0.85,
      },
      {
        words: ['value too large for defined data type'],
        line: `value too large for defined data type`,
        confidence: 0.55,
      },
    ],
  },
  {
    ...describeKnown('syscall-not-implemented'),
    why: 'The program needs a system call that qemu-user answers with ENOSYS, and has no way round it.',
    now: WITH_VM,
    signs: [
      {
        words: ['function not implemented', 'enosys'],
        line: `(?:io_uring|io_setup|io_queue|clone3|rseq|robust_list|seccomp|\\bbpf\\b|perf_event|userfaultfd|openat2|landlock|process_vm|futex|epoll_pwait2|fchmodat2|fanotify|inotify|keyctl|add_key|pidfd|memfd|copy_file_range|mount)\\S*.*(?:function not implemented|ENOSYS)|(?:function not implemented|ENOSYS).*(?:io_uring|io_setup|seccomp|\\bbpf\\b|userfaultfd|landlock|futex)`,
        log: ['emulation'],
        confidence: 0.9,
      },
      {
        words: ['function not implemented', 'enosys'],
        line: `(?:io_uring|io_setup|io_queue|clone3|rseq|robust_list|seccomp|\\bbpf\\b|perf_event|userfaultfd|openat2|landlock|process_vm|futex|epoll_pwait2|fchmodat2|fanotify|inotify|keyctl|add_key|pidfd|memfd|copy_file_range|mount)\\S*.*(?:function not implemented|ENOSYS)|(?:function not implemented|ENOSYS).*(?:io_uring|io_setup|seccomp|\\bbpf\\b|userfaultfd|landlock|futex)`,
        log: ['arm'],
        confidence: 0.7,
      },
      {
        words: ['function not implemented', 'os error 38'],
        line: `function not implemented|\\(os error 38\\)`,
        log: ['emulation'],
        confidence: 0.75,
      },
    ],
  },
  {
    id: 'qemu-address-space',
    title: 'QEMU cannot have the addresses that the program needs',
    cause: 'emulator',
    advice:
      'Use a static PIE build of QEMU that is recent (10 and newer, Debian qemu-user), and no limit of the address space (ulimit -v).',
    source: 'https://gitlab.com/qemu-project/qemu/-/issues/2082',
    why: 'A 32-bit guest needs one piece of 4 GiB, and others fixed addresses; a non-PIE QEMU, vm.mmap_min_addr or a limit is in the way.',
    now: NEWER_QEMU,
    signs: [
      {
        words: ['guest_base', 'bytes of virtual address space', 'cannot set up guest memory'],
        line: `unable to find a guest_base|unable to reserve 0x[0-9a-f]+ bytes of virtual address space|cannot set up guest memory`,
        confidence: 0.96,
      },
      {
        words: ['requires more than reserved virtual', 'error mapping file'],
        line: `requires more than reserved virtual|qemu\\S*: .*error mapping file|error while loading elf: error mapping`,
        confidence: 0.85,
      },
    ],
  },
  {
    ...describeKnown('host-cpuinfo'),
    why: 'QEMU before 8.2 hands the /proc/cpuinfo of the x86 host to the arm64 program.',
    now: NEWER_QEMU,
    signs: [
      {
        words: ['vendor_id'],
        line: `^vendor_id\\s*: (?:GenuineIntel|AuthenticAMD)`,
        near: { line: `^(?:aarch64|armv[78]l)$|\\baarch64 (?:GNU/)?Linux`, before: 6, after: 2 },
        confidence: 0.6,
      },
      {
        words: ['vendor_id'],
        line: `^vendor_id\\s*: (?:GenuineIntel|AuthenticAMD)`,
        near: { line: `^\\[linux/arm\\S*(?: [^\\]]*)?\\] (?:RUN|CMD)\\b`, before: 20 },
        confidence: 0.7,
      },
    ],
  },
  {
    ...describeKnown('armv8l-armv7l'),
    why: 'A 32-bit program on a 64-bit kernel, or emulated, is told armv8l by uname; installers that look for armv7l find nothing.',
    now: [
      {
        text: 'Give the program the personality of its architecture.',
        command: 'setarch linux32 PROGRAM',
      },
    ],
    signs: [
      {
        words: ['armv8l'],
        line: `(?:unsupported|unknown|no (?:such )?|not supported|unrecognized|invalid).*\\barmv8l\\b|armv8l\\S*.*(?:not (?:found|supported)|is not a supported wheel|unsupported)|linux_armv8l`,
        confidence: 0.85,
      },
    ],
  },
];
