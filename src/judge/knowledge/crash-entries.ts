import type { SymptomEntry } from './knowledge-entry.ts';

/** What is left when nothing more specific is known: these come last. */
export const CRASH_ENTRIES: readonly SymptomEntry[] = [
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
  {
    id: 'pauth-slow',
    title: "QEMU's default CPU computes pointer authentication in software, which is slow",
    cause: 'emulator',
    advice:
      'Leave cpu=max out, or use cpu=max,pauth-impdef=on: programs of new distributions run 2 to 15 times faster.',
    qemu: 'before 10 above all',
    source: 'https://github.com/armbian/build/issues/9371',
    symptoms: [{ kinds: ['emulated'], timedOut: true, cpu: '^max$' }],
  },
  {
    id: 'weak-memory',
    title: 'arm64 reorders memory accesses that x86 keeps in order',
    cause: 'architecture',
    advice:
      'Test lock-free code on arm64 hardware (an ssh lane): an x86 machine hides the reordering, under emulation too.',
    unprovoked: 'no x86 machine shows it',
    source: 'https://github.com/crossbeam-rs/crossbeam/issues/837',
    symptoms: [],
  },
];
