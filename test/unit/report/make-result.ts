import {
  type Attempt,
  captureBytes,
  type CaseDefinition,
  type CaseResult,
  type LaneInfo,
  type LaneResult,
  type Observation,
  RECORD_VERSION,
  type RunEvent,
  type Summary,
} from '../../../src/core/index.ts';

const NOTHING = captureBytes(Buffer.alloc(0));

/** An observation of something that printed a text and ended well, unless told otherwise. */
export function observe(stdout: string | Uint8Array, more: Partial<Observation> = {}): Observation {
  return {
    termination: { kind: 'exit', code: 0 },
    stdout: captureBytes(typeof stdout === 'string' ? Buffer.from(stdout) : stdout),
    stderr: NOTHING,
    wallMs: 2.2,
    userMs: 1.1,
    sysMs: 0.6,
    maxRssKb: 1620,
    ...more,
  };
}

/** A lane with one attempt, or with those given. */
export function onLane(
  verdict: LaneResult['verdict'],
  seen: Observation | readonly Attempt[],
  failures: LaneResult['failures'] = [],
): LaneResult {
  const attempts = 'termination' in seen ? [{ number: 1, observation: seen }] : seen;
  return { verdict, attempts, failures };
}

export function define(
  suite: string,
  name: string,
  more: Partial<CaseDefinition> = {},
): CaseDefinition {
  return {
    id: `${suite}/${name}`,
    suite,
    name,
    tags: [],
    subject: { kind: 'image', reference: 'oci:build/app:1.2' },
    command: { kind: 'run', argv: ['app', name] },
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
    ...more,
  };
}

/** A result with nothing wrong, unless told otherwise. */
export function judge(
  definition: CaseDefinition,
  verdict: CaseResult['verdict'],
  more: Partial<CaseResult> = {},
): CaseResult {
  return { definition, verdict, lanes: {}, differences: [], hidden: [], ...more };
}

export const LANES: readonly LaneInfo[] = [
  {
    id: 'native',
    kind: 'native',
    platform: 'linux/amd64',
    capabilities: ['files', 'images', 'binaries'],
    fingerprint: { machine: 'x86_64', kernel: '6.18.5', pageSize: '4096', hostCpu: 'EPYC' },
    mode: 'namespaces',
    referee: { kernel: 'real', cpu: 'hardware' },
  },
  {
    id: 'emulated',
    kind: 'emulated',
    platform: 'linux/arm64',
    capabilities: ['files', 'images', 'binaries'],
    fingerprint: { machine: 'aarch64', kernel: '6.18.5', qemu: '7.2.22', cpu: 'neoverse-n1' },
    mode: 'handler already on the host (kernel < 6.7)',
    referee: { kernel: 'borrowed', cpu: 'tcg' },
  },
  {
    id: 'vm',
    kind: 'vm',
    platform: 'linux/arm64',
    capabilities: ['images', 'binaries'],
    fingerprint: { kernel: '6.12.48', qemu: '10.0.6', cpu: 'neoverse-n1' },
    mode: '',
    referee: { kernel: 'real', cpu: 'tcg' },
  },
];

const START = Date.parse('2026-11-24T03:00:00.000Z');

/** ISO time so many milliseconds after the run began. */
export function timeAt(ms: number): string {
  return new Date(START + ms).toISOString();
}

export function startRun(
  more: Partial<Extract<RunEvent, { type: 'run-started' }>> = {},
): Extract<RunEvent, { type: 'run-started' }> {
  return {
    type: 'run-started',
    recordVersion: RECORD_VERSION,
    runId: '20261124-030000-a1b2',
    at: timeAt(0),
    archparity: '0.1.0',
    argv: ['test', 'parity.yaml', '--lane', 'native', '--lane=emulated', '--reporter', 'live'],
    cwd: '/home/dev/app',
    host: { hostname: 'builder', kernel: '6.18.5' },
    suites: [
      { name: 'app', file: '/home/dev/app/parity.yaml' },
      { name: 'tools', file: '<image oci:build/tools:2.0>' },
    ],
    caseCount: 1,
    attemptCount: 2,
    strict: false,
    ...more,
  };
}

/** What the executor tells of one case: its attempts, then the result. */
export function tellCase(result: CaseResult, ms: number): readonly RunEvent[] {
  const at = timeAt(ms);
  const caseId = result.definition.id;
  const attempts = Object.entries(result.lanes).flatMap(([laneId, lane]) =>
    lane.attempts.flatMap((attempt): readonly RunEvent[] => [
      { type: 'attempt-started', at, caseId, laneId, number: attempt.number },
      { type: 'attempt-finished', at, caseId, laneId, attempt },
    ]),
  );
  return [
    { type: 'case-started', at, definition: result.definition },
    ...attempts,
    { type: 'case-finished', at, result },
  ];
}

export function endRun(
  summary: Partial<Summary>,
  more: Partial<Extract<RunEvent, { type: 'run-finished' }>> = {},
): RunEvent {
  return {
    type: 'run-finished',
    at: timeAt(20_000),
    summary: {
      ...{ match: 0, mismatch: 0, diverged: 0, flaky: 0, timeout: 0, unsupported: 0 },
      ...{ skipped: 0, infraError: 0, known: 0, total: 0, ...summary },
    },
    durationMs: 20_000,
    exitCode: 0,
    interrupted: false,
    ...more,
  };
}

/** What a case on one lane tells: its start, its attempt, its end. */
export function tellNamed(name: string): readonly RunEvent[] {
  const lanes = { native: onLane('match', observe(`out of ${name}`)) };
  return tellCase(judge(define('s', name), 'match', { lanes }), 5);
}

/** A run whose cases (`case 0`, …) start one after the other and end in an order of their own. */
export function overlappingRun(ends: readonly number[]): readonly RunEvent[] {
  const told = ends.map((_, place) => tellNamed(`case ${String(place)}`));
  return [
    startRun(),
    ...told.flatMap((events) => events.slice(0, 1)),
    ...ends.flatMap((place) => told[place]?.slice(1) ?? []),
    endRun({}),
  ];
}
