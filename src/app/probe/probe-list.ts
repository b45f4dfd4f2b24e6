import { CPU_PROBES } from './list/cpu.ts';
import { FLOATING_POINT_PROBES } from './list/floating-point.ts';
import { IDENTITY_PROBES } from './list/identity.ts';
import { MEMORY_PROBES } from './list/memory.ts';
import { PROCESS_PROBES } from './list/processes.ts';
import { PROCFS_PROBES } from './list/procfs.ts';
import { SIGNAL_PROBES } from './list/signals.ts';
import { SOCKET_PROBES } from './list/sockets.ts';
import { SYSCALL_PROBES } from './list/syscalls.ts';
import { THREAD_PROBES } from './list/threads.ts';
import { TRACING_PROBES } from './list/tracing.ts';
import type { Probe, ProbeArea, ProbeDefinition } from './probe-definition.ts';

/** By area, in the order of the report. */
const BY_AREA: Readonly<Record<ProbeArea, readonly ProbeDefinition[]>> = {
  syscalls: SYSCALL_PROBES,
  processes: PROCESS_PROBES,
  signals: SIGNAL_PROBES,
  threads: THREAD_PROBES,
  tracing: TRACING_PROBES,
  procfs: PROCFS_PROBES,
  identity: IDENTITY_PROBES,
  memory: MEMORY_PROBES,
  sockets: SOCKET_PROBES,
  'floating point': FLOATING_POINT_PROBES,
  CPU: CPU_PROBES,
};

export const PROBE_AREAS = Object.keys(BY_AREA) as ProbeArea[];

/**
 * All probes. The build makes the C program's table of this list, so that a probe without a function
 * does not link and a function without a probe does not compile.
 */
export const PROBES: readonly Probe[] = PROBE_AREAS.flatMap((area) =>
  BY_AREA[area].map((probe) => ({ ...probe, area })),
);
