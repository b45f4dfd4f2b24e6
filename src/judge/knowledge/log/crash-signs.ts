import { NEWER_QEMU } from './crashed-lines.ts';
import { describeKnown } from './describe-known.ts';
import type { LogEntry } from './log-entry.ts';

/** What is left when nothing more specific is known: these come last. */
export const CRASH_SIGNS: readonly LogEntry[] = [
  {
    id: 'cpu-lacks-instruction',
    title: 'The CPU, or the emulated one, lacks an instruction of the program',
    cause: 'environment',
    advice:
      'Build for the oldest CPU that it must run on (-march=armv8-a, x86-64), or choose at run time.',
    source: 'https://www.qemu.org/docs/master/system/arm/cpu-features.html',
    why: 'The program was built for a newer CPU, or for that of the build machine (-march=native), or its code was never meant for this one.',
    now: [
      {
        text: 'See whether a newer CPU model executes it: then it is the instruction set.',
        command: 'archparity run --lane emulated,cpu=max IMAGE',
      },
    ],
    signs: [
      {
        words: ['illegal instruction'],
        line: `(?:^|[: ])illegal instruction(?: *\\(core dumped\\))?(?:\\s+\\S+)?$`,
        log: ['arm'],
        confidence: 0.75,
      },
      {
        words: ['illegal instruction'],
        line: `(?:^|[: ])illegal instruction(?: *\\(core dumped\\))?$`,
        confidence: 0.6,
      },
      {
        words: ['sigill', 'exit code: 132', 'exit code 132', 'signal: 4'],
        line: `\\bSIGILL\\b.*(?:pc=|illegal|core dumped)|(?:terminated|killed|crashed|exited|signal)\\b.*\\bSIGILL\\b|exit code:? 132|\\(signal: 4, SIGILL`,
        log: ['arm'],
        confidence: 0.7,
      },
    ],
  },
  {
    ...describeKnown('qemu-crash-signal'),
    properly:
      'Find out which it is: run the program on a real arm64 kernel (archparity test --lane vm) or machine; build on $BUILDPLATFORM or on arm64.',
    why: 'QEMU says that the emulated program died by a signal. The same program may be right on a real CPU: this is either a bug of the program, or one of this build of QEMU.',
    now: NEWER_QEMU,
    signs: [
      {
        words: ['uncaught target signal'],
        line: `qemu: uncaught target signal (?:5|6|7|8|11)\\b`,
        confidence: 0.85,
      },
      {
        words: ['unhandled cpu exception'],
        line: `qemu: unhandled CPU exception`,
        confidence: 0.9,
      },
      {
        words: ['segmentation fault', 'exit code: 139', 'signal: segmentation'],
        line: `(?:^|[: ])segmentation fault(?: *\\(core dumped\\))?(?:\\s+\\S+)?$|exit code: 139|signal: segmentation fault`,
        log: ['emulation', 'arm'],
        confidence: 0.65,
      },
    ],
  },
  {
    id: 'emulated-out-of-memory',
    title: 'An emulated step used up the memory',
    cause: 'emulator',
    advice:
      'Build that stage on $BUILDPLATFORM or on an arm64 machine; under QEMU compilers need more memory and much more time.',
    source: 'https://github.com/tonistiigi/binfmt/issues/122',
    why: 'The kernel killed a process (SIGKILL, exit code 137) in a step that ran emulated.',
    now: [{ text: 'Let fewer compilers run at once.', command: 'make -j1' }],
    signs: [
      {
        words: ['exit code: 137', 'cannot allocate memory', 'resourceexhausted'],
        line: `exit code: 137|ResourceExhausted:.*cannot allocate memory`,
        log: ['emulation', 'arm'],
        confidence: 0.72,
      },
    ],
  },
  {
    id: 'emulated-time-out',
    title: 'An emulated job ran out of time',
    cause: 'emulator',
    advice:
      'Build on $BUILDPLATFORM and cross-compile, or on an arm64 runner; archparity build measures what each way costs for your Dockerfile.',
    source: 'https://github.com/docker/build-push-action/issues/1348',
    why: 'Emulation is 5 to 20 times slower than the machine, and programs of new distributions are slower still under QEMU before 10 (pointer authentication in software). A crashed program that hangs looks the same.',
    now: [
      {
        on: 'github',
        text: 'Build the arm64 image on an arm64 runner.',
        command: 'runs-on: ubuntu-24.04-arm',
      },
      {
        text: 'See what another way of building costs.',
        command: 'archparity build --strategy emulated --strategy cross .',
      },
    ],
    signs: [
      {
        words: [
          'maximum execution time',
          'execution took longer',
          'maximum time limit',
          'timeout of',
          'has timed out after',
        ],
        line: `exceeded the maximum execution time|job failed: execution took longer than|exceeded the maximum time limit for jobs|(?:action|step|job).*has timed out after \\d+`,
        log: ['emulation'],
        confidence: 0.8,
      },
    ],
  },
];
