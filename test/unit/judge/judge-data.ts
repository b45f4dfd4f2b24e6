import {
  captureBytes,
  type Attempt,
  type CapturedBytes,
  type CaseDefinition,
  type ChangedFile,
  type Exchange,
  type LaneInfo,
  type Observation,
  type Termination,
} from '../../../src/core/index.ts';
import type { LaneAttempts } from '../../../src/judge/judge-lane.ts';

export const TODAY = '2026-03-14';

export function defineCase(changes: Partial<CaseDefinition> = {}): CaseDefinition {
  return {
    id: 'suite/case',
    suite: 'suite',
    name: 'case',
    tags: [],
    subject: { kind: 'image', reference: 'oci:app' },
    command: { kind: 'run', argv: ['app'] },
    env: {},
    network: 'none',
    fixtures: [],
    setup: [],
    teardown: [],
    timeout: { kind: 'scaled', nativeMs: 10_000 },
    retries: 0,
    limits: { outputBytes: 1_048_576 },
    expect: {},
    compare: ['exit', 'stdout'],
    normalize: ['arch', 'paths', 'time', 'pid', 'address'],
    known: [],
    pid1: 'init',
    ...changes,
  };
}

function laneInfo(changes: Partial<LaneInfo> & Pick<LaneInfo, 'id' | 'kind'>): LaneInfo {
  return {
    platform: 'linux/arm64',
    capabilities: ['files', 'images'],
    fingerprint: {},
    mode: 'default',
    referee: { kernel: 'real', cpu: 'hardware' },
    ...changes,
  };
}

export const NATIVE = laneInfo({ id: 'native', kind: 'native', platform: 'linux/amd64' });
export const EMULATED = laneInfo({
  id: 'emulated',
  kind: 'emulated',
  referee: { kernel: 'borrowed', cpu: 'tcg' },
});
export const VM = laneInfo({ id: 'vm', kind: 'vm', referee: { kernel: 'real', cpu: 'tcg' } });
export const VM_16K = { ...VM, id: 'vm,pages=16k' };
export const SSH = laneInfo({ id: 'ssh:pi', kind: 'ssh' });

export function capture(
  text: string | Uint8Array,
  totalBytes?: number,
  cutDigest?: string,
): CapturedBytes {
  return captureBytes(typeof text === 'string' ? Buffer.from(text) : text, totalBytes, cutDigest);
}

/** A request to a port where nobody listens. */
export const REFUSED: Exchange = {
  kind: 'failed',
  label: 'GET /',
  wallMs: 1,
  message: 'connection refused (port 80)',
  timedOut: false,
};

export interface Seen {
  readonly termination?: Termination;
  readonly exit?: number;
  readonly stdout?: string | Uint8Array;
  readonly stderr?: string | Uint8Array;
  readonly files?: readonly ChangedFile[];
}

export function observe(seen: Seen | string = {}): Observation {
  const {
    termination,
    exit = 0,
    stdout = '',
    stderr = '',
    files,
  } = typeof seen === 'string' ? { stdout: seen } : seen;
  return {
    termination: termination ?? { kind: 'exit', code: exit },
    stdout: capture(stdout),
    stderr: capture(stderr),
    ...(files === undefined ? {} : { files }),
    wallMs: 1,
    userMs: 1,
    sysMs: 1,
    maxRssKb: 1000,
  };
}

/** A lane with one attempt for each thing seen. */
export function attempts(info: LaneInfo, ...seen: readonly (Seen | string)[]): LaneAttempts {
  return {
    info,
    attempts: seen.map((one, index) => ({ number: index + 1, observation: observe(one) })),
  };
}

export function attemptsOf(
  info: LaneInfo,
  ...list: readonly Omit<Attempt, 'number'>[]
): LaneAttempts {
  return { info, attempts: list.map((attempt, index) => ({ number: index + 1, ...attempt })) };
}

export const TIMED_OUT: Seen = { termination: { kind: 'timeout', deadlineMs: 1000 } };

export function changedFile(path: string, changes: Partial<ChangedFile> = {}): ChangedFile {
  return { path, type: 'file', mode: 0o644, uid: 0, gid: 0, size: 0, ...changes };
}

/** CPU time of some work in milliseconds: on a busy machine the wall clock says little. */
export function measureCpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
