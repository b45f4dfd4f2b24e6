import type { LogFact } from './log-entry.ts';

/**
 * Words that show where a log was written: lower case. They are looked for in every line of logs of any size,
 * so that nothing but the word is asked.
 */
export const FACT_WORDS: Readonly<Record<LogFact, readonly string[]>> = {
  arm: ['arm64', 'aarch64', 'linux/arm', 'armv7', 'armv6', 'armv8', 'armhf'],
  emulation: [
    'qemu',
    'binfmt',
    'rosetta',
    '[linux/arm',
    '[linux/riscv64',
    '[linux/ppc64le',
    '[linux/s390x',
    '--platform linux/arm',
    '--platform=linux/arm',
    '--platform linux/amd64,linux/arm',
    '--platform=linux/amd64,linux/arm',
    'platforms: linux/arm',
    'platforms: linux/amd64,linux/arm',
    "requested image's platform",
    'invalidbaseimageplatform',
    'running under emulation',
  ],
  kubernetes: [
    'kubelet',
    'kubectl',
    'crashloopbackoff',
    'errimagepull',
    'imagepullbackoff',
    'failed to create containerd task',
  ],
  github: ['##[', '/home/runner/'],
  gitlab: ['gitlab-runner', 'section_start:'],
  apple: [
    'rosetta error',
    'darwin/arm64',
    'docker desktop',
    'linuxkit',
    'apple silicon',
    'apple m',
  ],
};
