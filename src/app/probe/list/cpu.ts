import type { ProbeDefinition } from '../probe-definition.ts';

/** Which instructions run, and what the CPU says of itself. */
export const CPU_PROBES: readonly ProbeDefinition[] = [
  {
    id: 'crc-instruction',
    title: 'CRC32 instruction',
    matters: 'databases and storage',
    varies: true,
  },
  {
    id: 'aes-instruction',
    title: 'AES instruction',
    matters: 'OpenSSL, Go, disk encryption',
    varies: true,
  },
  {
    id: 'sha-instruction',
    title: 'SHA-256 instruction',
    matters: 'OpenSSL, container digests',
    varies: true,
  },
  {
    id: 'wide-vectors',
    title: 'wide vectors (SVE, AVX2)',
    matters: 'numerical libraries choose by them',
    varies: true,
  },
  {
    id: 'random-instruction',
    title: 'random number instruction',
    matters: 'random number generators',
    varies: true,
  },
  {
    id: 'atomic-instruction',
    title: 'atomic instruction (LSE, lock xadd)',
    matters: 'binaries built for newer CPUs',
    varies: true,
  },
  {
    id: 'dot-product',
    title: 'dot product instruction',
    matters: 'machine learning',
    varies: true,
  },
  {
    id: 'half-precision',
    title: 'half precision instruction',
    matters: 'machine learning',
    varies: true,
  },
  {
    id: 'pointer-authentication',
    title: 'pointer authentication',
    matters: 'hardened binaries',
    varies: true,
  },
  {
    id: 'identification',
    title: 'CPU identification',
    matters: 'runtimes choose code for known CPUs',
    varies: true,
  },
  {
    id: 'cycle-counter',
    title: 'the counter counts',
    matters: 'benchmarks, spdlog, DPDK',
  },
  {
    id: 'cache-line',
    title: 'size of a cache line',
    matters: 'padding of locks, cache maintenance of JITs',
    varies: true,
  },
  {
    id: 'hardware-capabilities',
    title: 'AT_HWCAP',
    matters: 'every detection of CPU features',
    varies: true,
  },
  {
    id: 'vdso',
    title: 'a vDSO',
    matters: 'the time without a system call',
  },
  {
    id: 'raw-clock',
    title: 'resolution of CLOCK_MONOTONIC_RAW',
    matters: 'benchmarks',
  },
];
