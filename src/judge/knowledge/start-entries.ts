import type { SymptomEntry } from './knowledge-entry.ts';

/** Programs that do not start, and what keeps handlers and runtimes from it. */
export const START_ENTRIES: readonly SymptomEntry[] = [
  {
    id: 'page-size-unsupported',
    title: 'The program was built for smaller pages than this kernel has',
    cause: 'environment',
    advice: 'Rebuild with --with-lg-page=16 (jemalloc) or -z max-page-size=65536.',
    source: 'https://github.com/stalwartlabs/stalwart/issues/578',
    symptoms: [
      // jemalloc; glibc's loader (elf/dl-load.c), in words of several versions.
      {
        output: `Unsupported system page size|ELF load command (?:alignment|address/offset) not (?:page-|properly )aligned`,
      },
    ],
  },
  {
    id: 'appimage',
    title: 'The handler does not match an AppImage: its marker lies where the mask looks',
    cause: 'environment',
    advice:
      'Register a second entry that lets the bytes 8 to 10 be AI\\x02, or extract the AppImage.',
    source: 'https://github.com/pguyot/arm-runner-action/issues/110',
    symptoms: [{ output: `(?i)\\.AppImage:[^\\n]*Exec format error` }],
  },
  {
    id: 'self-exec',
    title: 'A program under an explicit qemu prefix cannot execute itself',
    cause: 'emulator',
    advice:
      'Use a binfmt handler (a private instance, or that of the host): with a prefix the kernel knows nothing of the emulator.',
    source: 'https://github.com/ClickHouse/ClickHouse/issues/52198',
    symptoms: [
      {
        kinds: ['emulated'],
        output: `(?i)/proc/self/exe[^\\n]*(?:Exec format error|No such file or directory)`,
      },
    ],
  },
  {
    id: 'foreign-program',
    title: 'A program of another architecture lies in the image and ran on the machine by chance',
    cause: 'architecture',
    advice:
      'Look for it with archparity test IMAGE: under qemu-user a program of the host runs natively, on arm64 it does not start.',
    source: 'https://github.com/kubernetes/node-problem-detector/issues/797',
    symptoms: [
      { kinds: ['vm', 'ssh'], ends: ['ENOEXEC'] },
      { kinds: ['vm', 'ssh'], output: `(?i)exec format error` },
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
    id: 'handler-lost',
    title: 'The handlers of the host vanished after a reboot, or another manager removed them',
    cause: 'environment',
    advice: 'Use the private instance of a lane, or check with archparity doctor before every run.',
    unprovoked: 'the symptom is that of exec-format-error, which is provoked',
    source: 'https://github.com/systemd/systemd/issues/30892',
    symptoms: [],
  },
  {
    id: 'older-qemu-registered',
    title: 'Another QEMU runs than the one that was installed last: an older handler was kept',
    cause: 'environment',
    advice: 'Use the private instance of a lane: its witness program proves which QEMU answers.',
    unprovoked: 'no output shows it; a lane refuses a handler that its witness does not confirm',
    source: 'https://github.com/docker/buildx/issues/464',
    symptoms: [],
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
    id: 'platform-ignored',
    title: 'An image of another platform was taken from the cache',
    cause: 'environment',
    advice: 'Pull it again with --platform, and check its configuration and its programs.',
    unprovoked: 'needs a docker daemon with such an image',
    source: 'https://github.com/docker/cli/issues/2590',
    symptoms: [
      {
        output: `requested image's platform \\([^)]*\\) does not match the detected host platform`,
      },
    ],
  },
  {
    id: 'binfmt-register-invalid',
    title: 'The kernel refuses a binfmt handler',
    cause: 'environment',
    advice: 'Check the entry: 1920 characters at most, and the flag F needs Linux 4.8.',
    source: 'https://github.com/tonistiigi/binfmt/issues/92',
    symptoms: [{ output: `(?i)binfmt_misc/register[^\\n]*invalid argument` }],
  },
  {
    id: 'binfmt-mount-refused',
    title: 'binfmt_misc cannot be mounted here: no root, or a container',
    cause: 'environment',
    advice: 'Use a private instance in a user namespace (Linux 6.7 and newer), as archparity does.',
    source: 'https://github.com/docker/setup-qemu-action/issues/67',
    symptoms: [
      {
        output: `(?i)mount[^\\n]*binfmt_misc[^\\n]*(?:operation not permitted|permission denied|must be superuser)`,
      },
    ],
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
];
