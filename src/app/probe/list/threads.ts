import type { ProbeDefinition } from '../probe-definition.ts';

/** Threads, what they share, and what happens when one of them ends. */
export const THREAD_PROBES: readonly ProbeDefinition[] = [
  {
    id: 'many-threads',
    title: '64 threads, atomic additions',
    matters: 'nothing may be lost',
  },
  {
    id: 'robust-mutex',
    title: 'a mutex whose owner has ended',
    matters: 'databases with shared memory wait for ever without it',
  },
  {
    id: 'pi-mutex',
    title: 'FUTEX_LOCK_PI',
    matters: 'audio and real-time programs',
  },
  {
    id: 'process-shared-mutex',
    title: 'a mutex of two processes',
    matters: 'shared memory of servers',
  },
  {
    id: 'thread-cancel',
    title: 'pthread_cancel',
    matters: 'C libraries cancel by a signal',
  },
  {
    id: 'thread-signal',
    title: 'a signal for one thread',
    matters: 'Go preempts and the JVM suspends threads so',
  },
  {
    id: 'thread-name',
    title: 'the name of a thread in /proc',
    matters: 'ps, top and profilers',
  },
  {
    id: 'thread-count',
    title: 'entries in /proc/self/task',
    matters: 'an emulator has threads of its own, and some calls need a single one',
  },
  {
    id: 'thread-affinity',
    title: 'sched_setaffinity',
    matters: 'numactl, taskset, databases',
  },
  {
    id: 'exec-from-thread',
    title: 'exec from a second thread',
    matters: 'the process must become single and keep its id',
  },
];
