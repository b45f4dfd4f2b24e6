import { describeKnown } from './describe-known.ts';
import type { LogEntry } from './log-entry.ts';

/** What the machine lacks: pages of the right size, instructions, rights, room and time. */
export const MACHINE_SIGNS: readonly LogEntry[] = [
  {
    ...describeKnown('page-size-unsupported'),
    why: 'The kernel has pages of 16 or 64 KiB (Raspberry Pi 5, Asahi, RHEL), and the program or its allocator was built for 4 KiB.',
    now: [
      {
        text: 'See which programs do not load on bigger pages, and try the image on a 16 KiB kernel.',
        command: 'archparity test IMAGE --lane vm,pages=16k',
      },
    ],
    signs: [
      {
        words: ['unsupported system page size'],
        line: `jemalloc\\S* ?:? .*unsupported system page size|^unsupported system page size`,
        confidence: 0.98,
      },
      {
        words: ['elf load command'],
        line: `ELF load command (?:alignment|address/offset) not (?:page-|properly )aligned`,
        confidence: 0.97,
      },
      {
        words: ['page size'],
        line: `(?:(?:system|kernel|os) page size|page size of|pagesize)\\b.{0,40}(?:is (?:not supported|too large|unsupported)|mismatch)|unsupported page ?size[: ]+\\d+|page size (?:16384|65536) is not supported`,
        confidence: 0.85,
      },
    ],
  },
  {
    id: 'x86-64-level',
    title: 'The CPU, or the emulated one, is older than the x86-64 level that the program asks for',
    cause: 'environment',
    advice:
      'Use an image for an older level, or the native arm64 variant of the image on an arm64 machine.',
    source: 'https://gitlab.com/x86-psABIs/x86-64-ABI',
    why: 'Distributions build for x86-64-v2 or v3; old processors, virtual machines with a generic CPU model and emulators do not have those instructions.',
    now: [
      {
        on: 'apple',
        text: 'Use the arm64 variant of the image, or Rosetta instead of QEMU in Docker Desktop.',
        command: 'docker run --platform linux/arm64 IMAGE',
      },
      {
        text: 'See the level of this CPU; in a virtual machine pass the CPU of the host through.',
        command: '/lib64/ld-linux-x86-64.so.2 --help | grep x86-64-v',
      },
    ],
    signs: [
      {
        words: ['cpu does not support x86-64', 'cpu isa level'],
        line: `CPU does not support x86-64-v\\d|CPU ISA level is lower than required`,
        confidence: 0.97,
      },
      {
        words: ['x86_v2', 'x86_v3'],
        line: `built with baseline optimizations:.*X86_V\\d.*but your machine doesn't support`,
        confidence: 0.95,
      },
      {
        words: ['requires a cpu with avx'],
        line: `requires a CPU with AVX support`,
        confidence: 0.85,
      },
    ],
  },
  {
    id: 'armv82-required',
    title: 'The program asks for a newer arm64 CPU than this one',
    cause: 'environment',
    advice:
      'Use a version that was built for ARMv8.0, or a newer machine (Raspberry Pi 5, Graviton 2).',
    source: 'https://www.mongodb.com/docs/manual/administration/production-notes/',
    why: 'It was built for ARMv8.1 or newer (atomics, LSE); a Cortex-A53 or A72 (Raspberry Pi 3 and 4) lacks those instructions.',
    now: [
      {
        text: 'Try it with that CPU, and with a newer one.',
        command: 'archparity run --lane emulated,cpu=cortex-a72 IMAGE',
      },
    ],
    signs: [{ words: ['armv8.2'], line: `requires ARMv8\\.\\d(?:-A)?`, confidence: 0.95 }],
    hides: ['cpu-lacks-instruction'],
  },
  {
    ...describeKnown('nofile-limit'),
    why: 'The container runtime sets the limit of open files that its configuration names, and without CAP_SYS_RESOURCE nobody may raise it.',
    now: [
      {
        text: 'Take the limits that the host has.',
        command: 'podman run --ulimit nofile=$(ulimit -Hn):$(ulimit -Hn) IMAGE',
      },
    ],
    signs: [
      {
        words: ['rlimit_nofile'],
        line: `setrlimit\\W.*RLIMIT_NOFILE.*operation not permitted|error setting rlimit.*operation not permitted`,
        confidence: 0.93,
      },
    ],
  },
  {
    ...describeKnown('hybrid-cgroups'),
    why: 'The host has cgroup v1 controllers beside the unified hierarchy, and crun works with one or the other only.',
    now: [
      {
        text: 'Boot with the unified hierarchy only, or use runc.',
        command: 'podman --runtime runc run IMAGE',
      },
    ],
    signs: [
      {
        words: ['hybrid mode not supported'],
        line: `cgroups? in hybrid mode not supported`,
        confidence: 0.95,
      },
    ],
  },
];
