import { usageError, type LaneSpec } from '../core/index.ts';
import { administerMachines, parseLaneSpec } from '../lanes/index.ts';
import type { Interactive } from '../lanes/index.ts';
import { ensureCacheRoot } from '../store/index.ts';
import { runEnding, type RunEnding } from './run-exit-code.ts';

/** A microVM that was built, as `archparity vm build` tells of it. */
export interface BuiltVm {
  readonly lane: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly memory: string;
  readonly qemu: string;
  readonly cpu: string;
  /** Milliseconds; a few when everything was there already. */
  readonly tookMs: number;
}

/** A microVM that runs until it is stopped. */
export interface RunningVm {
  readonly lane: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly qemu: string;
  readonly cpu: string;
  readonly pages: string;
  readonly memoryMb: number;
}

export interface VmOptions {
  /** As a lane is written: `vm`, `vm,pages=16k`, `NAME=vm,…`. */
  readonly lane: string;
  readonly logger?: (command: string) => void;
  readonly onFetch?: (what: string) => void;
}

function readSpec(lane: string): LaneSpec {
  const spec = parseLaneSpec(lane);
  if (spec.kind === 'vm') return spec;
  throw usageError(
    'LANE_NOT_A_VM',
    `The lane "${lane}" is no microVM.`,
    'Write vm, vm,pages=16k, NAME=vm,…',
  );
}

/** A name alone is that of a machine that was started as `NAME=vm,…`. */
function readId(lane: string): string {
  return /^[A-Za-z0-9_.-]+$/.test(lane) ? lane : readSpec(lane).id;
}

function describeKept(kept: {
  readonly id: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly qemu: string;
  readonly cpu: string;
  readonly pages: string;
  readonly memoryMb: number;
}): RunningVm {
  const { id, pid, startedAt, qemu, cpu, pages, memoryMb } = kept;
  return { lane: id, pid, startedAt, qemu, cpu, pages, memoryMb };
}

/** Fetches and makes all that such a lane needs. @throws ArchParityError */
export async function buildVm(options: VmOptions & { readonly fresh: boolean }): Promise<BuiltVm> {
  const spec = readSpec(options.lane);
  const { buildMachine } = await administerMachines();
  const started = performance.now();
  const built = await buildMachine(spec, { ...options, cacheDir: ensureCacheRoot() });
  return { lane: spec.id, ...built, tookMs: Math.round(performance.now() - started) };
}

/** Starts a microVM for people. @throws ArchParityError */
export async function startVm(options: VmOptions): Promise<RunningVm> {
  const spec = readSpec(options.lane);
  const { startMachine } = await administerMachines();
  return describeKept(await startMachine(spec, { ...options, cacheDir: ensureCacheRoot() }));
}

/** The microVMs that were started for people. */
export async function listVms(): Promise<readonly RunningVm[]> {
  const { keptRoot, listKept } = await administerMachines();
  return (await listKept(keptRoot(ensureCacheRoot()))).map(describeKept);
}

/** Stops one, or all of them; gives those that it stopped. @throws ArchParityError `VM_NOT_RUNNING` (exit 2) */
export async function stopVms(lane: string | undefined): Promise<readonly RunningVm[]> {
  const { findKept, keptRoot, listKept, stopKept } = await administerMachines();
  const root = keptRoot(ensureCacheRoot());
  const kept = lane === undefined ? await listKept(root) : [await findKept(root, readId(lane))];
  await Promise.all(kept.map((machine) => stopKept(root, machine)));
  return kept.map(describeKept);
}

export interface VmShellOptions {
  readonly lane: string;
  readonly argv: readonly string[];
  readonly terminal?: { readonly rows: number; readonly columns: number };
  readonly onOutput: (stream: 'stdout' | 'stderr', data: Buffer) => void;
  readonly onStarted: (interactive: Interactive) => void;
}

/** Runs a shell or a command in a microVM that was started. @throws ArchParityError */
export async function runVmShell(options: VmShellOptions): Promise<RunEnding> {
  const { keptRoot, openKeptShell } = await administerMachines();
  const root = keptRoot(ensureCacheRoot());
  const shell = await openKeptShell(root, readId(options.lane), options);
  try {
    options.onStarted(shell.interactive);
    return runEnding(await shell.interactive.attempt);
  } finally {
    shell.close();
  }
}
