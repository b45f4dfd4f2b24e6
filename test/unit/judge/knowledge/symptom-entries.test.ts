import { expect, test } from 'vitest';
import type { LaneInfo } from '../../../../src/core/index.ts';
import { explainDivergence } from '../../../../src/judge/knowledge/explain-divergence.ts';
import { attempts, defineCase, EMULATED, NATIVE, SSH, VM, type Seen } from '../judge-data.ts';

function explainText(stderr: string, lane: LaneInfo = EMULATED, seen: Seen = { exit: 1 }) {
  const lanes = [attempts(NATIVE, 'fine'), attempts(lane, { ...seen, stderr })];
  return explainDivergence(defineCase(), [], lanes)?.id;
}

test.each<[string, string | undefined]>([
  ['<jemalloc>: Unsupported system page size', 'page-size-unsupported'],
  ['ELF load command alignment not page-aligned', 'page-size-unsupported'],
  ['ELF load command address/offset not properly aligned', 'page-size-unsupported'],
  ['ELF load command address/offset not page-aligned', 'page-size-unsupported'],
  ['ELF load command offset not page-aligned', undefined],
  ['ELF load command alignment not aligned', undefined],
  ['unsupported system page size', undefined],

  ['sh: ./T.AppImage: Exec format error', 'appimage'],
  ['sh: ./t.appimage: cannot run: exec format error', 'appimage'],
  ['sh: ./T.AppImage:\nExec format error', 'exec-format-error'],
  ['sh: ./TxAppImage: Exec format error', 'exec-format-error'],

  ['/proc/self/exe: Exec format error', 'self-exec'],
  ['exec /proc/self/exe: no such file or directory', 'self-exec'],
  ['/proc/self/exe\nNo such file or directory', undefined],
  ['/proc/self/cwd: No such file or directory', undefined],
  ['EXEC FORMAT ERROR', 'exec-format-error'],
  ['exec format', undefined],

  ["Could not open '/lib64/ld-linux.so.2': No such file or directory", 'loader-missing'],
  ["Could not open '/usr/lib/ld.so': No such file or directory", undefined],
  ["Could not open '/lib/a' '/b': No such file or directory", undefined],
  ["could not open '/lib/ld.so': No such file or directory", undefined],

  ['sudo: effective uid is not 0, is it?', 'setuid-lost'],
  ['sudo: effective uid is 0', undefined],

  [
    "requested image's platform (a) does not match the detected host platform (b)",
    'platform-ignored',
  ],
  ["requested image's platform a does not match the detected host platform", undefined],

  ['/x/binfmt_misc/register: INVALID ARGUMENT', 'binfmt-register-invalid'],
  ['/x/binfmt_misc/register:\ninvalid argument', undefined],
  ['/x/binfmt_misc/status: invalid argument', undefined],

  ['mount: /x/binfmt_misc: Operation not permitted', 'binfmt-mount-refused'],
  ['mount binfmt_misc: must be superuser to use mount', 'binfmt-mount-refused'],
  ['mount: /x/binfmt_misc: busy', undefined],
  ['cannot open binfmt_misc: permission denied', undefined],

  ['setrlimit `RLIMIT_NOFILE`: Operation not permitted', 'nofile-limit'],
  ['setrlimit RLIMIT_NPROC: Operation not permitted', undefined],
  ['cgroups in hybrid mode not supported', 'hybrid-cgroups'],
  ['cgroups in hybrid mode supported', undefined],

  ['QEMU internal SIGILL {code=ILLOPC}', 'qemu-internal-crash'],
  ['QEMU internal SIGABRT', 'qemu-internal-crash'],
  ['QEMU internal SIGBUS', 'qemu-internal-crash'],
  ['QEMU internal SIGTERM', undefined],
  ['qemu: uncaught target signal 4 (x)', 'node-illegal-instruction'],
  ['qemu: uncaught target signal 6 (Aborted)', 'qemu-crash-signal'],
  ['qemu: uncaught target signal 7 (x)', 'qemu-crash-signal'],
  ['qemu: uncaught target signal 5 (x)', undefined],
  ['A fatal error has been detected by the Java Runtime Environment', 'jvm-crash'],
  ['A fatal error has been detected by the Java compiler', undefined],
  ['runtime: lfstack.push invalid', 'go-lfstack'],
  ['runtime: lfstack_push invalid', undefined],

  ['fatal error: found bad pointer\n\ngoroutine 12 [running]:', 'go-preemption'],
  ['fatal error: bad g\n\ngoroutine 1 [x]', 'go-preemption'],
  ['fatal error: bad sweepgen\ngoroutine 1 [x]', 'go-preemption'],
  ['fatal error: morestack on g0\ngoroutine 1 [x]', 'go-preemption'],
  ['unexpected signal during runtime execution\ngoroutine 1 [x]', 'go-preemption'],
  ['fatal error: all goroutines are asleep\n\ngoroutine 1 [x]', undefined],
  ['fatal error: bad g\n\ngoroutine x', undefined],
  ['goroutine 1 [x]\nfatal error: bad g', undefined],

  ['ldconfig:\nqemu: signal 11', 'ldconfig-crash'],
  ['libc-bin: Segmentation fault', 'ldconfig-crash'],
  ['Segmentation fault', undefined],

  ['PTRACE: Function not implemented', 'ptrace-missing'],
  ['ptrace\nFunction not implemented', 'syscall-not-implemented'],
  ['setns: Function not implemented', 'syscall-not-implemented'],
  ['error ENOSYS.', 'syscall-not-implemented'],
  ['error ENOSYSTEM', undefined],
  ['Unsupported syscall: 7', 'syscall-unknown-to-qemu'],
  ['Unsupported syscall: x', undefined],
  ["'SYS_open' undeclared", 'syscall-not-in-table'],
  ["'__NR_utime' was not declared in this scope", 'syscall-not-in-table'],
  ['SYS_fork is not defined', 'syscall-not-in-table'],
  ["'SYS_openat' undeclared", undefined],
  ["'MYSYS_open' undeclared", undefined],
  ['MADV_DONTNEED does not work', 'madvise-ignored'],
  ['MADV_DONTNEED works', undefined],
  ['Failed to fork (x): Invalid argument', 'namespace-clone'],
  ['Failed to clone: Operation not permitted', undefined],
  ['Failed to open: Invalid argument', undefined],
  ['execveat: no such file or directory', 'memfd-exec'],
  ['/memfd:x: No such file or directory', 'memfd-exec'],
  ['execve: No such file or directory', undefined],
  ['ls: Value too large for defined data type', 'readdir-overflow'],
  ['Value too large', undefined],
  ['x\nvendor_id : GenuineIntel', 'host-cpuinfo'],
  ['vendor_id: AuthenticAMD', 'host-cpuinfo'],
  [' vendor_id : GenuineIntel', undefined],
  ['vendor_id : ARM', undefined],
])('%j under qemu-user is %s', (text, id) => {
  expect(explainText(text)).toBe(id);
});

test.each<[string, LaneInfo, string | undefined]>([
  ['/proc/self/exe: Exec format error', VM, 'foreign-program'],
  ['/proc/self/exe: No such file or directory', VM, undefined],
  ['exec format error', SSH, 'foreign-program'],
  ['Exec format error', { ...NATIVE, id: 'again' }, 'exec-format-error'],
  ['effective uid is not 0', VM, undefined],
  ['qemu: uncaught target signal 4', VM, undefined],
  ['qemu: uncaught target signal 11', SSH, undefined],
  ['A fatal error has been detected by the Java Runtime Environment', SSH, undefined],
  ['fatal error: bad g\ngoroutine 1 [x]', VM, undefined],
  ['libc-bin: Segmentation fault', VM, undefined],
  ['ptrace: Function not implemented', VM, undefined],
  ['Failed to clone: Invalid argument', VM, undefined],
  ['fexecve: No such file or directory', SSH, undefined],
  ['vendor_id : GenuineIntel', VM, undefined],
  ['Unsupported syscall: 7', VM, 'syscall-unknown-to-qemu'],
  ["Could not open '/lib/ld.so': No such file or directory", SSH, 'loader-missing'],
])('%j on %o is %s', (text, lane, id) => {
  expect(explainText(text, lane)).toBe(id);
});

test.each<[Seen, LaneInfo, string | undefined]>([
  [{ termination: { kind: 'not-started', errno: 'ENOEXEC', message: '' } }, VM, 'foreign-program'],
  [{ termination: { kind: 'not-started', errno: 'ENOENT', message: '' } }, VM, 'program-missing'],
  [{ termination: { kind: 'not-started', errno: 'ENOENT', message: '' } }, SSH, 'program-missing'],
  [{ termination: { kind: 'not-started', errno: 'EACCES', message: '' } }, SSH, undefined],
  [{ termination: { kind: 'signal', signal: 'SIGILL' } }, VM, 'illegal-instruction'],
  [{ termination: { kind: 'signal', signal: 'SIGILL' } }, SSH, undefined],
  [{ termination: { kind: 'signal', signal: 'SIGBUS' } }, EMULATED, undefined],
])('an end by %j on %o is %s', (seen, lane, id) => {
  expect(explainText('', lane, seen)).toBe(id);
});
