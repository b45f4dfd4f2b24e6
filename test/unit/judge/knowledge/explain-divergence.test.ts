import { describe, expect, test } from 'vitest';
import type { CaseDefinition, LaneInfo } from '../../../../src/core/index.ts';
import { judgeCase } from '../../../../src/judge/judge-case.ts';
import { VALUE_ENTRIES } from '../../../../src/judge/knowledge/architecture-entries.ts';
import { SYMPTOM_ENTRIES } from '../../../../src/judge/knowledge/symptom-entries.ts';
import { OBSERVATION_ENTRIES } from '../../../../src/judge/knowledge/observation-entries.ts';
import { compilePattern } from '../../../../src/judge/re2-pattern.ts';
import {
  attempts,
  defineCase,
  EMULATED,
  NATIVE,
  SSH,
  TIMED_OUT,
  TODAY,
  VM_16K,
  type Seen,
} from '../judge-data.ts';

interface Options extends Partial<CaseDefinition> {
  readonly lane?: LaneInfo;
}

/** The id of what is said of a case that was seen natively and on another lane. */
function explain(native: Seen | string, other: Seen | string, options: Options = {}) {
  const { lane = EMULATED, ...changes } = options;
  const definition = defineCase({ compare: ['exit', 'stdout', 'stderr'], ...changes });
  const lanes = [attempts(NATIVE, native), attempts(lane, other)];
  return judgeCase(definition, lanes, { today: TODAY, comparisonWanted: true }).explanation?.id;
}

describe('real architecture differences', () => {
  // Outputs of real programs: gcc -O2 on amd64, aarch64-linux-gnu-gcc -O2 under QEMU.
  test.each<[string, string, string, Options?]>([
    ['char-signedness', 'c=-128 ffffff80\n', 'c=128 80\n'],
    [
      'float-to-int-saturation',
      '-2147483648 -9223372036854775808 -2147483648\n',
      '2147483647 9223372036854775807 0\n',
    ],
    ['nan-sign', '-nan -nan\n', 'nan nan\n'],
    [
      'long-double',
      '0.333333333333333333342368351437 0.300000000000000000010842\nLDBL_MANT_DIG=64 LDBL_DIG 18\n',
      '0.333333333333333333333333333333 0.3\nLDBL_MANT_DIG=113 LDBL_DIG 33\n',
    ],
    [
      'last-bits',
      '1.7347234759768071e-18\n-0.8869101238516065\n',
      '9.0205620750793972e-19\n-0.88691012385160628\n',
    ],
    ['va-list', 'va_list 24\n', 'va_list 32\n'],
    ['struct-stat', 'struct stat 144\n', 'struct stat 128\n'],
    [
      'open-flags',
      'O_DIRECTORY 200000 O_NOFOLLOW 0x20000\n',
      'O_DIRECTORY 40000 O_NOFOLLOW 0x8000\n',
    ],
    ['cache-line', 'cache line 64\n', 'cache line 32\n'],
    [
      'cache-line',
      '64\n',
      '0\n',
      { command: { kind: 'run', argv: ['getconf', 'LEVEL1_DCACHE_LINESIZE'] } },
    ],
    ['page-size', '4096\n', '16384\n', { lane: VM_16K }],
    ['shift-width', '1 << 32 = 1\n', '1 << 32 = 0\n'],
    ['vfork-as-fork', 'vfork: seen\n', 'vfork: lost\n'],
    ['machine-name', 'x86_64\n', 'aarch64\n', { normalize: [] }],
    ['argv0-path', 'app: bad flag\n', '/usr/bin/app: bad flag\n'],
  ])('%s: %j against %j', (id, native, other, options) => {
    expect(explain(native, other, options)).toBe(id);
  });

  test('division by zero', () => {
    const killed: Seen = { termination: { kind: 'signal', signal: 'SIGFPE' } };
    expect(explain(killed, '0\n')).toBe('division-by-zero');
    expect(explain({ exit: 136 }, '0\n')).toBe('division-by-zero');
    expect(explain(killed, killed)).toBeUndefined();
    expect(explain({ exit: 1 }, '0\n')).toBeUndefined();
  });

  test.each<[string, string, string, Options?]>([
    ['an unrelated number', 'count 3\n', 'count 4\n'],
    ['one pair that fits among others that do not', 'c=-1 n=3\n', 'c=255 n=4\n'],
    ['pages of a qemu-user lane', '4096\n', '16384\n'],
    ['bare numbers without their name', '24\n', '32\n'],
    ['64 against 113 without their name', '64\n', '113\n'],
    ['another line', 'c=-1\n', 'c=255\nd=1\n'],
    ['words', 'yes\n', 'no\n'],
    ['the same name on another platform', 'amd64\n', 'riscv64\n', { normalize: [] }],
  ])('says nothing of %s', (_name, native, other, options) => {
    expect(explain(native, other, options)).toBeUndefined();
  });

  test('looks behind what normalisers hide', () => {
    expect(explain('12:00:01 c=-1\n', '12:00:02 c=255\n')).toBe('char-signedness');
  });

  test('does not compare values within one platform', () => {
    const amd64 = { ...EMULATED, platform: 'linux/amd64' } as const;
    expect(explain('c=-1\n', 'c=255\n', { lane: amd64 })).toBeUndefined();
  });
});

describe('symptoms', () => {
  test.each<[string, Seen]>([
    ['exec-format-error', { exit: 126, stderr: 'sh: 1: app: Exec format error\n' }],
    ['exec-format-error', { termination: { kind: 'not-started', errno: 'ENOEXEC', message: '' } }],
    ['appimage', { exit: 126, stderr: 'sh: 1: ./Tool.AppImage: Exec format error\n' }],
    ['self-exec', { exit: 1, stderr: '/proc/self/exe: Exec format error\n' }],
    [
      'binfmt-register-invalid',
      { exit: 1, stderr: 'tee: /proc/sys/fs/binfmt_misc/register: Invalid argument\n' },
    ],
    [
      'binfmt-mount-refused',
      { exit: 32, stderr: 'mount: /proc/sys/fs/binfmt_misc: permission denied.\n' },
    ],
    [
      'platform-ignored',
      {
        stderr:
          "WARNING: The requested image's platform (linux/arm64) does not match the detected host platform (linux/amd64/v3) and no specific platform was requested\n",
      },
    ],
    ['program-missing', { termination: { kind: 'not-started', errno: 'ENOENT', message: '' } }],
    [
      'loader-missing',
      {
        exit: 255,
        stderr:
          "qemu-aarch64: Could not open '/lib/ld-linux-aarch64.so.1': No such file or directory\n",
      },
    ],
    [
      'setuid-lost',
      {
        exit: 1,
        stderr: "sudo: effective uid is not 0, is /usr/bin/sudo on a file system with 'nosuid'?\n",
      },
    ],
    [
      'qemu-internal-crash',
      { exit: 139, stderr: 'QEMU internal SIGSEGV {code=MAPERR, addr=0x20}\n' },
    ],
    [
      'node-illegal-instruction',
      { exit: 132, stderr: 'qemu: uncaught target signal 4 (Illegal instruction) - core dumped\n' },
    ],
    [
      'jvm-crash',
      { exit: 134, stdout: '# A fatal error has been detected by the Java Runtime Environment:\n' },
    ],
    ['dotnet-crash', { exit: 134, stderr: 'at System.Private.CoreLib.dll\n' }],
    ['go-lfstack', { exit: 2, stderr: 'runtime: lfstack.push invalid packing\n' }],
    [
      'go-preemption',
      {
        exit: 2,
        stderr:
          'fatal error: unexpected signal during runtime execution\n\ngoroutine 1 [running]:\n',
      },
    ],
    [
      'ldconfig-crash',
      {
        exit: 139,
        stderr: 'Processing triggers for libc-bin (2.31) ...\nSegmentation fault (core dumped)\n',
      },
    ],
    [
      'ptrace-missing',
      { exit: 1, stderr: 'strace: ptrace(PTRACE_TRACEME, ...): Function not implemented\n' },
    ],
    ['syscall-unknown-to-qemu', { stderr: 'qemu: Unsupported syscall: 283\n' }],
    ['syscall-not-implemented', { exit: 1, stderr: 'io_uring_setup: Function not implemented\n' }],
    [
      'syscall-not-in-table',
      { exit: 1, stderr: "a.c:3: error: 'SYS_open' undeclared (first use)\n" },
    ],
    [
      'madvise-ignored',
      { stderr: '<jemalloc>: MADV_DONTNEED does not work (memset will be used instead)\n' },
    ],
    [
      'namespace-clone',
      { exit: 1, stderr: 'Failed to fork off sandboxing environment: Invalid argument\n' },
    ],
    ['memfd-exec', { exit: 1, stderr: 'fexecve: No such file or directory\n' }],
    [
      'readdir-overflow',
      { exit: 1, stderr: 'ls: reading directory: Value too large for defined data type\n' },
    ],
    [
      'nofile-limit',
      { exit: 1, stderr: 'crun: setrlimit `RLIMIT_NOFILE`: Operation not permitted\n' },
    ],
    ['hybrid-cgroups', { exit: 1, stderr: 'crun: cgroups in hybrid mode not supported\n' }],
    ['page-size-unsupported', { exit: 1, stderr: '<jemalloc>: Unsupported system page size\n' }],
    ['illegal-instruction', { termination: { kind: 'signal', signal: 'SIGILL' } }],
    [
      'qemu-crash-signal',
      { exit: 139, stderr: 'qemu: uncaught target signal 11 (Segmentation fault)\n' },
    ],
  ])('%s', (id, seen) => {
    expect(explain('fine\n', seen)).toBe(id);
  });

  test('the host CPU shows through, although the base shows it too', () => {
    const text = 'vendor_id\t: GenuineIntel\n';
    expect(explain(`${text}a\n`, `${text}b\n`)).toBe('host-cpuinfo');
  });

  test('an environment upside down, and nothing else in another order', () => {
    const text = (...lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
    const start = text('A=1', 'B=2', 'C=3', 'end');
    expect(explain(start, text('C=3', 'B=2', 'A=1', 'end'))).toBe('reversed-environment');
    expect(explain(start, text('C=3', 'A=1', 'B=2', 'end'))).toBeUndefined();
    expect(explain(text('one', 'two'), text('two', 'one'))).toBeUndefined();
    expect(explain(text('A=1', 'B=2'), text('B=2', 'A=1'), { lane: SSH })).toBeUndefined();
  });

  test('a deadline on a CPU whose pointer authentication is slow', () => {
    const cpu = (model: string): Options => ({
      lane: { ...EMULATED, fingerprint: { cpu: model } },
    });
    expect(explain('fine\n', TIMED_OUT, cpu('max'))).toBe('pauth-slow');
    for (const model of ['neoverse-n1', 'max,pauth-impdef=on'])
      expect(explain('fine\n', TIMED_OUT, cpu(model))).toBeUndefined();
    expect(explain('fine\n', 'other\n', cpu('max'))).toBeUndefined();
  });

  test('a program of the host that only a real kernel refuses', () => {
    const refused: Seen = {
      termination: { kind: 'not-started', errno: 'ENOEXEC', message: 'Exec format error' },
    };
    expect(explain('fine\n', refused, { lane: SSH })).toBe('foreign-program');
    expect(explain('fine\n', refused)).toBe('exec-format-error');
  });

  test.each<[string, Seen | string, Seen | string, Options?]>([
    [
      'what the base shows too',
      { stderr: 'Exec format error' },
      { exit: 1, stderr: 'Exec format error' },
    ],
    ['an emulator symptom on hardware', 'a', { exit: 132 }, { lane: SSH }],
    ['a plain crash', 'a', { termination: { kind: 'signal', signal: 'SIGSEGV' } }],
    ['an ordinary failure', 'a', { exit: 1, stderr: 'No such file or directory\n' }],
    [
      'a Go program with a fault of its own',
      'a',
      { exit: 2, stderr: 'panic: runtime error\n[signal SIGSEGV]\n\ngoroutine 1 [running]:\n' },
    ],
  ])('says nothing of %s', (_name, native, other, options) => {
    expect(explain(native, other, options)).toBeUndefined();
  });

  test('explains failed checks and timeouts as well', () => {
    const failing: Seen = { exit: 126, stderr: 'Exec format error' };
    expect(explain({}, failing, { compare: [], expect: { exit: 0 } })).toBe('exec-format-error');
    const hanging = {
      ...TIMED_OUT,
      stderr: 'qemu: uncaught target signal 4 (Illegal instruction)\n',
    };
    expect(explain({}, hanging)).toBe('node-illegal-instruction');
  });
});

describe('the knowledge base', () => {
  const entries = [...SYMPTOM_ENTRIES, ...OBSERVATION_ENTRIES, ...VALUE_ENTRIES];

  test('has unique, stable ids', () => {
    const ids = entries.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
  });

  test.each(entries.map((entry) => [entry.id, entry] as const))(
    '%s says what to do',
    (_id, entry) => {
      expect(entry.title).not.toMatch(/\.$/);
      expect(entry.advice).toMatch(/\.$/);
      expect(entry.source).not.toBe('');
    },
  );

  test('has expressions that compile', () => {
    const outputs = SYMPTOM_ENTRIES.flatMap(({ symptoms }) =>
      symptoms.flatMap(({ output }) => output ?? []),
    );
    expect(outputs.length).toBeGreaterThan(15);
    for (const output of outputs) expect(() => compilePattern(output)).not.toThrow();
  });
});
