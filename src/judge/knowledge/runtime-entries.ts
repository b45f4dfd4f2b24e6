import type { SymptomEntry } from './knowledge-entry.ts';

const CRASH = ['SIGSEGV', 'SIGABRT', 'SIGILL', 'SIGBUS', 'SIGTRAP'] as const;

/** Runtimes that trip over emulation: node, Java, .NET, Go, ldconfig. */
export const RUNTIME_ENTRIES: readonly SymptomEntry[] = [
  {
    id: 'qemu-internal-crash',
    title: 'QEMU itself crashed',
    cause: 'emulator',
    advice: 'Use another QEMU (7.2, or 9 and newer), or the vm lane.',
    unprovoked: 'no program is known that crashes QEMU 7.2 or 10 so',
    qemu: '8.2.1 is suspected',
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
    unprovoked: 'needs a Java virtual machine for arm64 that crashes',
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
    unprovoked: 'needs .NET for arm64',
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
    unprovoked: 'needs an arm64 machine with 48-bit addresses',
    source: 'https://github.com/rancher-sandbox/rancher-desktop/issues/8606',
    symptoms: [{ output: `runtime: lfstack\\.push` }],
  },
  {
    id: 'go-preemption',
    title: 'Asynchronous preemption of Go trips over emulated signals',
    cause: 'emulator',
    advice: 'Set GODEBUG=asyncpreemptoff=1, or cross-compile Go programs.',
    unprovoked: 'needs a Go program that crashes under this QEMU',
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
    unprovoked: 'neither QEMU 7.2 nor 10 crashes so on this kernel',
    qemu: 'before 5.0; non-PIE builds on newer kernels',
    source: 'https://github.com/tonistiigi/binfmt/issues/215',
    symptoms: [
      {
        kinds: ['emulated'],
        output: `(?s)(?:libc-bin|ldconfig).*(?:Segmentation fault|signal 11)`,
      },
    ],
  },
];
