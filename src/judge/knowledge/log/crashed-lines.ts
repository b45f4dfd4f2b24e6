import type { Remedy } from './log-entry.ts';

/** How QEMU and shells say that a program died by a signal that crashes have. */
export const CRASHED = `qemu: uncaught target signal (?:4|5|6|7|11)\\b|\\b(?:segmentation fault|illegal instruction|aborted)(?: \\(core dumped\\))?$|exit (?:code|status):? ?(?:132|134|135|139)\\b|signal: (?:segmentation fault|illegal instruction|aborted)|\\bSIG(?:SEGV|ILL|ABRT|BUS)\\b`;
export const CRASH_WORDS = [
  'uncaught target signal',
  'segmentation fault',
  'illegal instruction',
  'exit code: 139',
  'exit code: 132',
  'exit code: 134',
  'exit status 139',
  'sigsegv',
  'sigill',
];

/** A newer QEMU, where it is changed. */
export const NEWER_QEMU: readonly Remedy[] = [
  {
    on: 'github',
    text: 'Pin a newer QEMU, or let the job run on an arm64 runner (runs-on: ubuntu-24.04-arm).',
    command: '- uses: docker/setup-qemu-action@v3\n  with: {image: tonistiigi/binfmt:qemu-v10.0.4}',
  },
  {
    on: 'apple',
    text: 'Let Docker Desktop emulate with Rosetta instead of QEMU (Settings, General), or use an arm64 image.',
    command: 'docker run --platform linux/arm64 IMAGE',
  },
  {
    text: 'Register another QEMU in place of this one.',
    command:
      'docker run --privileged --rm tonistiigi/binfmt --uninstall qemu-{uname} && docker run --privileged --rm tonistiigi/binfmt:qemu-v10.0.4 --install {arch}',
  },
];

export const WITH_VM: readonly Remedy[] = [
  {
    on: 'github',
    text: 'Let that part run on an arm64 runner.',
    command: 'runs-on: ubuntu-24.04-arm',
  },
  {
    text: 'Run it on a real arm64 kernel in a microVM.',
    command: 'archparity run --lane vm IMAGE',
  },
];
