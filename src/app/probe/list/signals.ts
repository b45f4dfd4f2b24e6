import type { ProbeDefinition } from '../probe-definition.ts';

/** That signals arrive, with what they carry, in order, where they should. */
export const SIGNAL_PROBES: readonly ProbeDefinition[] = [
  {
    id: 'segv-address',
    title: 'SIGSEGV names code and address',
    matters: 'the JVM, Go and .NET turn it into exceptions',
  },
  {
    id: 'bus-error',
    title: 'a read behind the end of a mapped file',
    matters: 'databases with mapped files handle SIGBUS',
  },
  {
    id: 'illegal-instruction',
    title: 'SIGILL has a code',
    matters: 'programs that try instructions before they use them',
    varies: true,
  },
  {
    id: 'alternate-stack',
    title: 'handlers run on sigaltstack',
    matters: 'Go, Rust and the JVM report stack overflows there',
  },
  {
    id: 'stack-overflow',
    title: 'a stack overflow can be handled',
    matters: 'deep recursion becomes an error instead of a crash',
  },
  {
    id: 'signal-value',
    title: 'sigqueue hands a value over',
    matters: 'job control of daemons',
  },
  {
    id: 'realtime-order',
    title: 'order of real-time signals',
    matters: 'POSIX timers and message queues',
  },
  {
    id: 'realtime-range',
    title: 'usable real-time signals (34 to 64)',
    matters: 'an emulator keeps some for itself; Go and glibc want theirs',
  },
  {
    id: 'restarted-read',
    title: 'SA_RESTART',
    matters: 'programs without a loop around read',
  },
  {
    id: 'signalfd',
    title: 'signalfd',
    matters: 'event loops that read signals',
  },
  {
    id: 'posix-timer',
    title: 'timer_create with a signal',
    matters: 'runtimes measure and interrupt with it',
  },
  {
    id: 'stop-continue',
    title: 'SIGSTOP and SIGCONT seen by waitpid',
    matters: 'shells and test runners',
  },
  {
    id: 'death-by-signal',
    title: 'abort() is seen as SIGABRT',
    matters: 'who reaps must tell a crash from an exit',
  },
];
