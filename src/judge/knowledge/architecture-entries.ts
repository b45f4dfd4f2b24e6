import { architectureNames } from '../normalise/arch.ts';
import type { Dispute, ValueEntry } from './knowledge-entry.ts';
import {
  areIntegers,
  isCharSign,
  isLastBits,
  isLongDouble,
  isNanSign,
  isNumberPair,
  isPageSize,
  isSaturation,
} from './number-predicates.ts';
import type { TokenPair } from './token-pairs.ts';

/** Whether the lines of a pair, or the case's command, mention something. */
function mentions(pair: TokenPair, { definition }: Dispute, pattern: RegExp): boolean {
  return pattern.test(`${pair.leftLine}\n${pair.rightLine}\n${commandText(definition)}`);
}

function commandText({ command }: Dispute['definition']): string {
  switch (command.kind) {
    case 'run':
      return command.argv.join(' ');
    case 'shell':
      return command.script;
    case 'subject':
      return (command.args ?? []).join(' ');
    case 'inspect':
      return '';
  }
}

function differInPlatform({ base, suspect }: Required<Dispute>): boolean {
  return base.info.platform !== suspect.info.platform;
}

/**
 * Real differences between architectures, recognised by pairs of values in corresponding places. The
 * first whose predicate holds for every differing pair explains; bare small numbers count only where
 * the line or the command names the thing.
 */
export const VALUE_ENTRIES: readonly ValueEntry[] = [
  {
    id: 'machine-name',
    title: 'The program prints the name of its architecture',
    cause: 'architecture',
    advice: 'Keep the normaliser "arch" in the case, or expect each name with expect.platform.',
    source: 'uname(2)',
    explains: ({ left, right }, { base, suspect }) =>
      isNameOf(left, base.info.platform) && isNameOf(right, suspect.info.platform),
  },
  {
    id: 'armv8l-armv7l',
    title: 'uname names the kernel or its personality, not the program',
    cause: 'environment',
    advice: 'Read the ELF header of the program instead of uname -m.',
    source: 'https://github.com/pypa/packaging/issues/690',
    explains: ({ left, right }) =>
      (left === 'armv8l' && right === 'armv7l') || (left === 'armv7l' && right === 'armv8l'),
  },
  {
    id: 'char-signedness',
    title: 'char is signed on x86 and unsigned on arm64',
    cause: 'architecture',
    advice:
      'Write signed char or uint8_t where the sign matters, or build with -fsigned-char on both.',
    source: 'AAPCS64, "Arithmetic types": char is an unsigned byte',
    explains: (pair, dispute) => differInPlatform(dispute) && isCharSign(pair),
  },
  {
    id: 'float-to-int-saturation',
    title: 'A float out of range becomes another integer: x86 gives the lowest, arm64 saturates',
    cause: 'architecture',
    advice: 'Check the range before the conversion: out of it, C leaves the result undefined.',
    source: 'C17 6.3.1.4; Arm ARM, FCVTZS; Intel SDM, CVTTSD2SI',
    explains: (pair, dispute) => differInPlatform(dispute) && isSaturation(pair),
  },
  {
    id: 'nan-sign',
    title: 'The default NaN is negative on x86 and positive on arm64',
    cause: 'architecture',
    advice: 'Do not print or compare the sign of a NaN: print "nan" when isnan() says so.',
    source: 'Intel SDM, "QNaN floating-point indefinite"; Arm ARM, "Default NaN"',
    explains: (pair, dispute) => differInPlatform(dispute) && isNanSign(pair),
  },
  {
    id: 'page-size',
    title: 'The kernels have different page sizes',
    cause: 'environment',
    advice: 'Ask sysconf(_SC_PAGESIZE) at run time, and link with a max-page-size of 64 KiB.',
    source: 'https://docs.kernel.org/arch/arm64/memory.html',
    // qemu-user shows the host's pages: other sizes come from a kernel of its own.
    explains: (pair, { base, suspect }) =>
      isPageSize(pair) &&
      [base, suspect].some(({ info }) => info.kind === 'vm' || info.kind === 'ssh'),
  },
  {
    id: 'long-double',
    title: 'long double has 80 bits on x86 and 128 on arm64',
    cause: 'architecture',
    advice:
      'Use double for results that must agree, or compare with the tolerance of the narrower.',
    source: 'AAPCS64, "Arithmetic types"; x86-64 psABI, "Scalar types"',
    explains: (pair, dispute) =>
      differInPlatform(dispute) &&
      (isLongDouble(pair) ||
        (mentions(pair, dispute, /LDBL_|long double|mant_dig/i) &&
          [
            [64, 113],
            [18, 33],
            [21, 36],
            [12, 16],
            [8, 16],
          ].some(([a = 0, b = 0]) => isNumberPair(pair, a, b)))),
  },
  {
    id: 'last-bits',
    title: 'Floating-point results differ in their last bits',
    cause: 'architecture',
    advice:
      'Compare with a tolerance, or build with -ffp-contract=off: arm64 compilers fuse a*b+c by default.',
    source: 'https://github.com/golang/go/issues/29657',
    explains: (pair, dispute) => differInPlatform(dispute) && isLastBits(pair),
  },
  {
    id: 'open-flags',
    title: 'Flags of open(2) have other values on arm64',
    cause: 'architecture',
    advice: 'Take O_DIRECTORY, O_NOFOLLOW, O_DIRECT and O_LARGEFILE from <fcntl.h> of the target.',
    source: 'linux/arch/arm64/include/uapi/asm/fcntl.h',
    explains: (pair, dispute) =>
      mentions(pair, dispute, /\bO_(?:DIRECTORY|NOFOLLOW|DIRECT|LARGEFILE)\b/) &&
      // %o prints octal without a mark: 200000 is read as decimal.
      [
        [0o200000, 0o40000],
        [0o400000, 0o100000],
        [200000, 40000],
        [400000, 100000],
      ].some(([a = 0, b = 0]) => isNumberPair(pair, a, b)),
  },
  {
    id: 'va-list',
    title: 'va_list is another type on arm64',
    cause: 'architecture',
    advice: 'Copy it with va_copy, and do not depend on its size or on passing it by reference.',
    source: 'AAPCS64, "Variable argument lists"; x86-64 psABI 3.5.7',
    explains: (pair, dispute) => mentions(pair, dispute, /\bva_list\b/) && areIntegers(pair),
  },
  {
    id: 'struct-stat',
    title: 'struct stat has another layout on arm64',
    cause: 'architecture',
    advice: 'Call stat() of the C library instead of the system call with a structure of your own.',
    source: 'linux/include/uapi/asm-generic/stat.h',
    explains: (pair, dispute) =>
      mentions(pair, dispute, /struct stat\b|\bst_(?:mode|nlink|blksize)\b/) && areIntegers(pair),
  },
  {
    id: 'cache-line',
    title: 'The size of a cache line differs, or is not known',
    cause: 'architecture',
    advice: 'Ask at run time, and allow for 0: arm64 C libraries may not report it.',
    source: 'sysconf(3), _SC_LEVEL1_DCACHE_LINESIZE',
    explains: (pair, dispute) =>
      mentions(pair, dispute, /cache.?line|linesize/i) &&
      areIntegers(pair) &&
      [pair.left, pair.right].every((word) => ['0', '32', '64', '128', '256'].includes(word)),
  },
  {
    id: 'shift-width',
    title: 'A shift by the width of its type or more gives another result',
    cause: 'architecture',
    advice: 'Check the distance before shifting: C leaves the result undefined.',
    source: 'C17 6.5.7',
    explains: (pair, dispute) =>
      differInPlatform(dispute) &&
      areIntegers(pair) &&
      /<<|>>|\bshift/i.test(`${pair.leftLine}\n${pair.rightLine}`),
  },
  {
    id: 'vfork-as-fork',
    title: 'qemu-user makes vfork a fork: the child shares no memory with its parent',
    cause: 'emulator',
    advice:
      'Do not report errors of a child through memory; posix_spawn says that it succeeded and the child exits with 127.',
    qemu: '7.2 and 10',
    syscalls: ['vfork', 'clone'],
    source: 'https://github.com/rust-lang/rust/issues/90825',
    explains: (pair, dispute) =>
      dispute.suspect.info.kind === 'emulated' && mentions(pair, dispute, /\bvfork|posix_spawn/),
  },
  {
    id: 'argv0-path',
    title: 'The program was started with its full path as argv[0]',
    cause: 'environment',
    advice: 'Register the binfmt handler with the flag P, or use a private instance.',
    source: 'https://docs.kernel.org/admin-guide/binfmt-misc.html',
    explains: ({ left, right }, { suspect }) =>
      suspect.info.kind === 'emulated' && right.startsWith('/') && right.endsWith(`/${left}`),
  },
];

function isNameOf(word: string, platform: Required<Dispute>['base']['info']['platform']): boolean {
  const wanted = word.toLowerCase();
  return architectureNames(platform).some((name) => name.toLowerCase() === wanted);
}
