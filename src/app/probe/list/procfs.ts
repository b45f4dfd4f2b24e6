import type { ProbeDefinition } from '../probe-definition.ts';

/** What a program reads of itself and of the machine. */
export const PROCFS_PROBES: readonly ProbeDefinition[] = [
  {
    id: 'exe-link',
    title: 'the link /proc/self/exe',
    matters: 'programs find their own files by it',
  },
  {
    id: 'exe-open',
    title: 'opening /proc/self/exe',
    matters: 'programs read archives that are appended to themselves',
  },
  {
    id: 'exe-exec',
    title: 'executing /proc/self/exe',
    matters: 'Go, Docker, busybox and Chrome start themselves again so',
  },
  {
    id: 'own-command-line',
    title: 'own /proc/self/cmdline',
    matters: 'servers that rename or inspect themselves',
  },
  {
    id: 'other-command-line',
    title: '/proc/PID/cmdline of a child',
    matters: 'pgrep -f, killall, supervisors',
  },
  {
    id: 'other-name',
    title: '/proc/PID/comm of a child',
    matters: 'ps, pidof, pkill',
  },
  {
    id: 'status-name',
    title: 'own /proc/self/comm',
    matters: 'log lines and thread names',
  },
  {
    id: 'cpuinfo',
    title: '/proc/cpuinfo is of this architecture',
    matters: 'detection of CPU features in Python, Java, OpenBLAS',
  },
  {
    id: 'maps',
    title: '/proc/self/maps shows own code',
    matters: 'garbage collectors, sanitizers, backtraces',
  },
  {
    id: 'auxv',
    title: '/proc/self/auxv is of this program',
    matters: 'detection of CPU features in OpenSSL, Go, Rust',
  },
  {
    id: 'environment',
    title: '/proc/self/environ',
    matters: 'debuggers and ps e; the order counts for duplicates',
  },
  {
    id: 'stat-stack',
    title: 'the start of the stack in /proc/self/stat',
    matters: 'conservative garbage collectors (Boehm) scan from it',
  },
  {
    id: 'kernel-release',
    title: 'the kernel release',
    matters: 'version checks of glibc and runtimes',
  },
  {
    id: 'machine-name',
    title: 'uname -m',
    matters: 'build systems choose by it',
    varies: true,
  },
];
