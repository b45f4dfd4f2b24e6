import type { ProbeDefinition } from '../probe-definition.ts';

/** What debuggers and tracers need. */
export const TRACING_PROBES: readonly ProbeDefinition[] = [
  {
    id: 'trace-me',
    title: 'PTRACE_TRACEME',
    matters: 'gdb, strace, and programs that look for a debugger',
  },
  {
    id: 'trace-seize',
    title: 'PTRACE_SEIZE',
    matters: 'strace -p, CRIU',
  },
  {
    id: 'trace-memory',
    title: 'PTRACE_PEEKDATA',
    matters: 'debuggers read variables with it',
  },
  {
    id: 'trace-registers',
    title: 'PTRACE_GETREGSET',
    matters: 'debuggers and crash reporters',
  },
  {
    id: 'trace-syscalls',
    title: 'stops at system calls',
    matters: 'strace, proot, gVisor',
  },
  {
    id: 'trace-step',
    title: 'PTRACE_SINGLESTEP',
    matters: 'debuggers',
  },
  {
    id: 'read-other-memory',
    title: 'process_vm_readv',
    matters: 'py-spy, crash reporters, MPI',
  },
  {
    id: 'proc-memory',
    title: 'reading /proc/self/mem',
    matters: 'debuggers and sanitizers',
  },
];
