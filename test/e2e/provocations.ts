// How each entry of the knowledge base is provoked for real: cases of a suite, by where they run.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

const ROOT = resolve(import.meta.dirname, '../..');

export interface Provocation {
  /** The entry that must explain the case. */
  readonly id: string;
  /** The case, as a suite has it. */
  readonly case: Readonly<Record<string, unknown>>;
}

/** Places that a group of cases needs; knowledge.test.ts and knowledge-vm.test.ts make them. */
export type Place =
  | 'native and emulated'
  | 'prefix'
  | 'newer QEMU'
  | 'handler without P'
  | 'handler without C'
  | 'no loader'
  | 'Debian 12'
  | 'AppImage'
  | 'slow CPU'
  | 'native'
  | 'hybrid cgroups'
  | 'real arm64 kernel'
  | 'two page sizes'
  | '32-bit arm';

/** A container of crun's own making, in a user namespace of its own; nothing of it is started. */
function crunCase(change: string, options: string): Provocation['case'] {
  return {
    run:
      `mkdir rootfs && crun spec --rootless && ${change} && ` +
      `unshare --user --map-root-user --mount crun --root "$PWD/state" ${options} run x`,
    ...succeeds,
  };
}

const succeeds = { expect: { exit: 0 } } as const;
const all = { compare: ['exit', 'stdout', 'stderr'] } as const;

/** Programs in provoke.c unless `run` says otherwise. */
export const PROVOCATIONS: Readonly<Record<Place, readonly Provocation[]>> = {
  'native and emulated': [
    { id: 'ptrace-missing', case: { args: ['ptrace'] } },
    { id: 'syscall-not-implemented', case: { args: ['io_uring'] } },
    // QEMU says so by itself only when it is asked to; versions before 2.12 always did.
    {
      id: 'syscall-unknown-to-qemu',
      case: { args: ['io_uring'], env: { QEMU_LOG: 'unimp' }, ...all },
    },
    { id: 'namespace-clone', case: { args: ['namespaces'] } },
    { id: 'vfork-as-fork', case: { args: ['vfork'] } },
    { id: 'node-illegal-instruction', case: { args: ['instruction'] } },
    { id: 'illegal-instruction', case: { args: ['quiet-instruction'] } },
    { id: 'qemu-crash-signal', case: { args: ['crash'] } },
    { id: 'host-cpuinfo', case: { args: ['cpu'], normalize: [] } },
    {
      id: 'syscall-not-in-table',
      case: { args: ['compile', 'old-call.c'], fixtures: ['old-call.c'] },
    },
  ],
  prefix: [
    { id: 'self-exec', case: { args: ['self'] } },
    { id: 'exec-format-error', case: { args: ['program'] } },
  ],
  'newer QEMU': [{ id: 'memfd-exec', case: { args: ['memfd'] } }],
  'handler without P': [{ id: 'argv0-path', case: { run: ['provoke', 'name'], normalize: [] } }],
  'handler without C': [
    { id: 'setuid-lost', case: { run: ['/bin/provoke', 'privileges'], user: '1000' } },
  ],
  'no loader': [{ id: 'loader-missing', case: { run: ['/bin/app'] } }],
  'Debian 12': [
    { id: 'reversed-environment', case: { run: ['env'] } },
    { id: 'program-missing', case: { run: ['/lib64/ld-linux-x86-64.so.2', '--version'] } },
  ],
  AppImage: [{ id: 'appimage', case: { run: 'provoke.AppImage hello' } }],
  'slow CPU': [
    {
      id: 'pauth-slow',
      case: {
        run: ['perl', '-e', 'sub f { $_[0] + 1 } my $n = 0; $n = f($n) for 1 .. 1e7; print "$n\n"'],
        timeout: { default: '60s', emulated: '2s' },
      },
    },
  ],
  native: [
    {
      id: 'binfmt-mount-refused',
      case: { run: 'mount -t binfmt_misc none /proc/sys/fs/binfmt_misc', ...succeeds },
    },
    {
      id: 'binfmt-register-invalid',
      case: {
        run:
          'unshare --user --map-root-user --mount sh -ec ' +
          "'t=/proc/sys/fs/binfmt_misc; mount -t binfmt_misc none $t; echo wrong | tee $t/register'",
        ...succeeds,
      },
    },
    {
      id: 'nofile-limit',
      case: crunCase('sed -i "s/: 1024/: 1073741824/" config.json', '--cgroup-manager=disabled'),
    },
  ],
  'real arm64 kernel': [
    { id: 'foreign-program', case: { run: './hello', fixtures: ['hello'], timeout: '120s' } },
  ],
  'two page sizes': [
    { id: 'page-size', case: { run: ['getconf', 'PAGESIZE'], timeout: '120s' } },
    {
      id: 'page-size-unsupported',
      case: {
        run: 'LD_PRELOAD=./small-pages.so /bin/true',
        fixtures: ['small-pages.so'],
        timeout: '120s',
        ...all,
      },
    },
  ],
  '32-bit arm': [
    {
      id: 'armv8l-armv7l',
      case: { run: ['./uname'], fixtures: ['uname'], normalize: [], timeout: '120s' },
    },
  ],
  // Machines with cgroup v2 alone do not show it.
  'hybrid cgroups': [{ id: 'hybrid-cgroups', case: crunCase('true', '') }],
};

/** Entries that explain a program of images/divergence, by the tag of its case. */
export const DIVERGENCE_EXPLANATIONS: ReadonlyMap<string, string> = new Map(
  Object.entries(
    (
      parse(readFileSync(join(ROOT, 'images/divergence/expected.yaml'), 'utf8')) as {
        programs: Record<string, { explanation?: string }>;
      }
    ).programs,
  ).flatMap(([program, { explanation }]) =>
    explanation === undefined ? [] : [[program, explanation] as const],
  ),
);

/** All entries that a test provokes. */
export const PROVOKED: ReadonlySet<string> = new Set([
  ...Object.values(PROVOCATIONS).flatMap((group) => group.map(({ id }) => id)),
  ...DIVERGENCE_EXPLANATIONS.values(),
]);
