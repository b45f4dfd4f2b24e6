import type { LogEntry } from './log-entry.ts';

const ARM_ONLY = ['arm'] as const;

/** What compilers, assemblers and linkers say when a build assumes another architecture. */
export const TOOLCHAIN_SIGNS: readonly LogEntry[] = [
  {
    id: 'cgo-cross-compiler',
    title: 'cgo was cross-compiled with the C compiler of the build machine',
    cause: 'environment',
    advice:
      'Set CC to a compiler for the target (aarch64-linux-gnu-gcc, zig cc -target aarch64-linux-gnu), or CGO_ENABLED=0 where no C is needed.',
    source: 'https://pkg.go.dev/cmd/cgo',
    why: 'With GOARCH set and CGO_ENABLED=1 go calls gcc for the C parts, and the gcc of the machine makes code of the machine.',
    now: [
      {
        text: 'Install a C compiler for the target, and name it: CC=aarch64-linux-gnu-gcc go build.',
        install: 'aarch64-linux-gnu-gcc',
      },
    ],
    signs: [
      {
        words: ['gcc_arm64.s', 'gcc_amd64.s', 'gcc_arm.s'],
        line: `\\bgcc_(?:arm64|amd64|arm)\\.S:(?:\\d+:)? (?:error|assembler messages)`,
        confidence: 0.97,
      },
      {
        words: ['no such instruction'],
        line: `error: no such instruction: [\`'"]?(?:stp|ldp|adrp|stur|ldur|cbz|cbnz|bl|blr|mrs|msr|dmb|str|ldr)\\b`,
        confidence: 0.9,
      },
      {
        words: ['-marm', "'-m64'", '‘-m64’'],
        line: `unrecognized command[- ]line option ['"‘]-m(?:arm|64)['"’]`,
        near: { line: `^# runtime/cgo|\\bcgo\\b`, before: 5, after: 2 },
        confidence: 0.97,
      },
    ],
    hides: ['x86-compiler-flag', 'x86-intrinsics'],
  },
  {
    id: 'x86-compiler-flag',
    title: 'The compiler for arm64 does not know an option for x86',
    cause: 'architecture',
    advice:
      'Give options such as -m64, -msse4.2, -mavx2 and -march=x86-64-v2 for x86 only, chosen by CMAKE_SYSTEM_PROCESSOR or the compiler macros.',
    source: 'https://gcc.gnu.org/onlinedocs/gcc/AArch64-Options.html',
    why: '-m64 and the options of SSE and AVX are of the x86 backend; others refuse them.',
    now: [
      {
        text: 'Find where the option comes from; arm64 compilers need none for 64 bits.',
        command:
          "grep -rnE -e '-m(64|32|sse|avx|arch=)' --include=CMakeLists.txt --include='*akefile*' --include=setup.py .",
      },
    ],
    signs: [
      {
        words: [
          'unrecognized command',
          'unknown argument',
          'unsupported option',
          'unsupported argument',
        ],
        line: `(?:unrecognized command[- ]line option|unknown argument:?|unsupported option|unsupported argument) ?['"‘\`]?-m(?:64|32|sse\\S*|ssse3|avx\\S*|fma|bmi2?|aes|pclmul|popcnt|lzcnt|rdrnd|rdseed|sha|f16c|no-sse\\S*|no-avx\\S*|no-mmx|no-red-zone|no-80387|mmx|fpmath\\S*|cx16|movbe|adx|tune=(?:haswell|skylake|generic|intel|native)|stackrealign|xsave\\S*)\\b`,
        confidence: 0.96,
      },
      {
        words: ['-march', '-mtune', '-mcpu', 'target cpu'],
        line: `unknown (?:value|architecture|target CPU) ['"‘\`]?(?:x86-64\\S*|haswell|skylake\\S*|core2|core-avx2|corei7\\S*|nehalem|znver\\d|k8|broadwell|sandybridge|ivybridge|westmere|icelake\\S*|generic64)|unsupported argument ['"‘\`]?(?:x86-64\\S*|haswell|skylake\\S*|core2|core-avx2|nehalem|znver\\d)['"’]? to option ['"‘]?-m(?:arch|tune|cpu)|(?:error|fatal).*bad value \\(?['"‘]?(?:x86-64\\S*|haswell|skylake\\S*|core2|nehalem|znver\\d)['"’]?\\)? for ['"‘]?-m(?:arch|tune|cpu)`,
        confidence: 0.95,
      },
      {
        words: ['does not support', 'argument unused'],
        line: `compiler does not support ['"‘]?-m(?:arch|tune|cpu)=(?:x86-64\\S*|haswell|skylake\\S*|core\\S*|native)|error: argument unused during compilation: ['"‘]-m(?:sse\\S*|avx\\S*|64|32)`,
        confidence: 0.92,
      },
      {
        words: ['marm'],
        line: `unrecognized command[- ]line option ['"‘\`]?-m(?:arm|thumb|float-abi\\S*|fpu\\S*)`,
        confidence: 0.85,
      },
      {
        words: ['valid arguments to'],
        line: `valid arguments to ['"‘]?-m(?:arch|tune|cpu)=['"’]? are:.*armv8-a`,
        confidence: 0.9,
      },
    ],
  },
  {
    id: 'x86-intrinsics',
    title: 'The source uses instructions of x86 without a variant for arm64',
    cause: 'architecture',
    advice:
      'Put them behind #if defined(__x86_64__) with a portable or NEON variant beside (sse2neon and SIMDe translate most).',
    source: 'https://github.com/simd-everywhere/simde',
    why: 'The headers of SSE and AVX, cpuid.h and assembler for x86 exist for x86 targets only.',
    now: [
      {
        text: 'See where they are included, and whether a newer version of the package is portable.',
        command: "grep -rnE '(x|e|p|t|s|n|w|i)mmintrin\\.h|x86intrin\\.h|cpuid\\.h' .",
      },
    ],
    signs: [
      {
        words: ['intrin.h', 'cpuid.h', 'asm/prctl.h', 'sys/io.h', 'sys/perm.h'],
        line: `\\b(?:[xeptsnwi]mmintrin|x86intrin|x86gprintrin|ia32intrin|avx\\w*intrin|bmi2?intrin|popcntintrin|cpuid|asm/prctl|sys/io|sys/perm)\\.h['">]?(?: file)?(?::\\s+no such file or directory|['"’]? file not found|['"’]? not found)`,
        confidence: 0.95,
      },
      {
        words: ['intrin.h', 'requires'],
        line: `#error ["'<].*(?:intrin|x86|SSE\\S*|AVX\\S*)\\b.*(?:only|require|meant|not supported|unsupported)|this header is only meant to be used on x86`,
        confidence: 0.93,
      },
      {
        words: [
          'unknown mnemonic',
          'no such instruction',
          'unrecognized instruction mnemonic',
          'invalid instruction mnemonic',
          'in inline asm',
          "constraint in 'asm'",
          'constraint in ‘asm’',
          'invalid output constraint',
          'invalid input constraint',
        ],
        line: `unknown mnemonic [\`'"]?(?:cpuid|rdtscp?|pause|mov[lqwb]?|xchg\\w?|lock|push\\w?|pop\\w?|lea\\w?|cmpxchg\\w*|bswap\\w?|mfence|lfence|sfence|xgetbv|pxor|vmov\\w*|movdq\\w*|call|jmp|rep|bsr\\w?|bsf\\w?|xor\\w?|int|in|out|shl\\w?|imul\\w?|incl?|decl?)\\b|unrecognized instruction mnemonic|impossible constraint in ['"‘]?asm|invalid (?:output|input) constraint ['"‘]=?\\+?&?[abcdSD]+['"’] in asm|unknown register name ['"‘]?%?[re]?[abcd]x['"’]? in (?:['"‘]?)asm`,
        confidence: 0.92,
      },
    ],
  },
  {
    id: 'cross-linker-missing',
    title: 'A compiler or linker for the target is not installed',
    cause: 'environment',
    advice:
      'Install the cross compiler and its C library in the build stage, and name it (CC, CARGO_TARGET_…_LINKER).',
    source: 'https://rust-lang.github.io/rustup/cross-compilation.html',
    why: 'Cross-compiling needs the tools of the target; the build called one that is not there.',
    now: [{ text: 'Install the cross compiler.', install: 'aarch64-linux-gnu-gcc' }],
    signs: [
      {
        words: ['aarch64-linux', 'aarch64-unknown', 'arm-linux', 'x86_64-linux'],
        line: `(?:linker [\`'"‘]?|failed to find tool\\.? .*|^\\S*sh: (?:\\d+: |line \\d+: )?|exec: "|could not find (?:compiler )?.*|No CMAKE_\\w+_COMPILER could be found.*|command not found: |^/bin/\\S+: (?:\\d+: )?|not able to find |make: )[\`'"‘]?(?:aarch64|arm|x86_64)-(?:\\w+-)?linux-(?:gnu|musl)\\w*-?(?:gcc|g\\+\\+|ld|ar|cc|strip|clang)?\\S*[\`'"’]?(?::| |$).*(?:not found|no such file|is it installed|could not be found)`,
        confidence: 0.94,
      },
      {
        words: ["can't find crate for"],
        line: `can't find crate for [\`'"](?:std|core)[\`'"]`,
        near: { line: `target may not be installed`, after: 6 },
        confidence: 0.9,
      },
      {
        words: ['target may not be installed'],
        line: `the [\`'"]?(?:aarch64|armv7|arm|x86_64)-\\S+ target may not be installed`,
        confidence: 0.93,
      },
    ],
  },
  {
    id: 'wrong-architecture-objects',
    title: 'Objects or libraries of another architecture were given to the linker',
    cause: 'environment',
    advice:
      'Clean what was built for the other platform, and let the linker look into the libraries of the target only (sysroot, PKG_CONFIG_LIBDIR).',
    source: 'https://wiki.debian.org/Multiarch/HOWTO',
    why: 'Leftovers of a build for the other platform, or libraries of the build machine, do not fit the target.',
    now: [{ text: 'Look what they are.', command: 'file *.o *.a lib*.so*' }],
    signs: [
      {
        words: ['em: 183', 'em: 62', 'em: 40', 'generic elf'],
        line: `relocations in generic ELF \\(EM: \\d+\\)`,
        confidence: 0.96,
      },
      {
        words: ['file in wrong format', 'file format not recognized'],
        line: `(?:error adding symbols|\\.(?:o|a|so)\\S*|could not read symbols)['"]?: file (?:in wrong format|format not recognized)`,
        confidence: 0.88,
      },
      {
        words: ['skipping incompatible'],
        line: `skipping incompatible \\S*(?:x86_64|aarch64|arm)-linux-gnu`,
        near: { line: `cannot find -l`, after: 4 },
        confidence: 0.85,
      },
      {
        words: ['is incompatible with'],
        line: `(?:is incompatible with (?:elf64-x86-64|elf64-littleaarch64|aarch64linux|elf_x86_64|armelf\\S*)|architecture of input file .* is incompatible with)`,
        confidence: 0.94,
      },
    ],
  },
  {
    id: 'source-without-arm64',
    title: 'The source refuses to be built for this architecture',
    cause: 'architecture',
    advice: 'Use a version that supports arm64, or add the case to the source.',
    source: 'https://learn.arm.com/learning-paths/servers-and-cloud-computing/migration/',
    why: 'The source tells architectures apart by macros or build tags and has no branch for this one.',
    now: [{ text: 'Look for a newer version of the package; most have gained arm64 since 2020.' }],
    signs: [
      {
        words: ['#error'],
        line: `#\\s*error\\b.*(?:unsupported|unknown|unrecognized|not supported|undefined).*(?:arch|processor|cpu|platform|target)`,
        log: ARM_ONLY,
        confidence: 0.88,
      },
      {
        words: ['sys_', '__nr_'],
        line: `\\b(?:SYS|__NR)_(?:open|creat|link|unlink|mkdir|rmdir|rename|stat|lstat|access|pipe|dup2|fork|vfork|poll|select|epoll_create|epoll_wait|inotify_init|eventfd|signalfd|readlink|symlink|chmod|chown|mknod|getdents|alarm|pause|time|utime|arch_prctl)['"’\`]? *(?:undeclared|was not declared|not (?:defined|declared))|undefined: (?:syscall|unix)\\.(?:SYS_(?:OPEN|STAT|FORK|DUP2|EPOLL_WAIT)|Dup2|Stat_t)\\b|use of undeclared identifier ['"‘]?(?:SYS|__NR)_(?:open|stat|fork|dup2|poll|select|readlink)\\b`,
        confidence: 0.9,
      },
    ],
  },
];
