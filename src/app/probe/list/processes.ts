import type { ProbeDefinition } from '../probe-definition.ts';

/** How processes come into being, become others, and end. */
export const PROCESS_PROBES: readonly ProbeDefinition[] = [
  {
    id: 'vfork-memory',
    title: 'a vfork child shares memory',
    matters: 'posix_spawn implementations report their errors through it',
  },
  {
    id: 'spawn-error',
    title: 'posix_spawn of a missing program',
    matters: 'programs look for alternatives only when the error arrives',
  },
  {
    id: 'argv0',
    title: 'argv[0] is what the caller gave',
    matters: 'busybox and clang choose what they are by it',
  },
  {
    id: 'exec-memfd',
    title: 'exec of a program in memory',
    matters: 'runc protects itself so; packers and plug-in hosts start from memory',
  },
  {
    id: 'execveat',
    title: 'execveat of a descriptor',
    matters: 'systemd and container runtimes start programs by it',
  },
  {
    id: 'exec-execute-only',
    title: 'exec of an execute-only program',
    matters: 'hardened images carry such programs (sudo)',
  },
  {
    id: 'exec-script',
    title: 'exec of a script whose interpreter is foreign',
    matters: 'every shell, Python and Perl script of an image',
  },
  {
    id: 'exec-empty-argv',
    title: 'exec with an empty argv',
    matters: 'Linux 5.18 gives one empty word; older ones none',
  },
  {
    id: 'clone-namespaces',
    title: 'clone with new namespaces',
    matters: 'systemd, bubblewrap and container runtimes',
  },
  {
    id: 'clone-shared-memory',
    title: 'clone with CLONE_VM and CLONE_VFORK',
    matters: 'glibc starts processes so',
  },
  {
    id: 'unshare-user',
    title: 'unshare of the user namespace',
    matters: 'rootless tools: unshare, podman, bubblewrap',
  },
  {
    id: 'pdeathsig',
    title: 'PR_SET_PDEATHSIG',
    matters: 'helpers that must not outlive their parent',
  },
  {
    id: 'subreaper',
    title: 'PR_SET_CHILD_SUBREAPER',
    matters: 'supervisors that adopt daemons: systemd, tini -s',
  },
  {
    id: 'rlimit-address-space',
    title: 'RLIMIT_AS',
    matters: 'ulimit -v in build and judge systems',
  },
  {
    id: 'rlimit-file-size',
    title: 'RLIMIT_FSIZE',
    matters: 'ulimit -f, SIGXFSZ',
  },
];
