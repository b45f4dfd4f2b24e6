import { captureBytes, type CaseResult, type RunEvent } from '../../../src/core/index.ts';
import { FAILED, slow, stderr } from './failed-results.ts';
import {
  define,
  endRun,
  judge,
  LANES,
  observe,
  onLane,
  startRun,
  tellCase,
  timeAt,
} from './make-result.ts';

const wellBehaved: readonly CaseResult[] = [
  judge(define('app', 'prints its version'), 'match', {
    lanes: {
      native: onLane('match', observe('app 1.2.0\n')),
      emulated: onLane('match', observe('app 1.2.0\n', slow)),
    },
  }),
  judge(define('app', 'exits as it should', { compare: [], expect: { exit: 3 } }), 'match', {
    lanes: {
      native: onLane('match', observe('', { termination: { kind: 'exit', code: 3 } })),
      emulated: onLane('match', observe('', { ...slow, termination: { kind: 'exit', code: 3 } })),
    },
  }),
  judge(define('app', 'char at the boundary'), 'match', {
    known: {
      cause: 'architecture',
      at: 'stdout',
      until: '2027-06-30',
      reason: 'char is unsigned on arm64',
    },
    lanes: {
      native: onLane('match', observe('-1\n')),
      emulated: onLane('match', observe('255\n', slow)),
    },
    differences: [{ between: ['native', 'emulated'], what: 'stdout', left: '-1', right: '255' }],
  }),
];

/** Cases that went well and prove less than they seem to. */
const weakened: readonly CaseResult[] = ['prints a lot', 'leaves something behind'].map((name) => {
  const cut = captureBytes(Buffer.from('line\n'), 3_000_000);
  const limited = { unenforcedLimits: ['memory'] };
  const more =
    name === 'prints a lot'
      ? { stdout: cut, ...limited }
      : { ...limited, notes: ['teardown step 1 failed (exit 1)'] };
  return judge(define('app', name, { limits: { outputBytes: 5, memoryBytes: 4096 } }), 'match', {
    lanes: {
      native: onLane('match', observe('', more)),
      emulated: onLane('match', observe('', { ...slow, ...more })),
    },
  });
});

const diverged: readonly CaseResult[] = [
  judge(
    define('app', 'char is signed', {
      position: { file: 'parity.yaml', line: 14, column: 5 },
    }),
    'diverged',
    {
      cause: 'architecture',
      referee: { lane: 'vm', kernel: 'real', cpu: 'hardware' },
      explanation: {
        id: 'char-signedness',
        title: 'char is unsigned on arm64',
        cause: 'architecture',
        advice: 'Say `signed char`, or compile with -fsigned-char.',
        source: 'AAPCS64, "Arithmetic types"',
      },
      lanes: {
        native: onLane('match', observe('limits\n  min -128\n  max 127\t\n')),
        emulated: onLane('diverged', observe('limits\n  min 0\n  max 255\n', slow)),
        vm: onLane('diverged', observe('limits\n  min 0\n  max 255\n', slow)),
      },
      differences: [
        {
          between: ['native', 'emulated'],
          what: 'stdout',
          where: 'line 2',
          left: '  min -128',
          right: '  min 0',
          diff: '--- native\n+++ emulated\n@@ -1,3 +1,3 @@\n limits\n-  min -128\n-  max 127\t\n+  min 0\n+  max 255\n',
        },
      ],
      hidden: [
        {
          between: ['native', 'emulated'],
          ...{ what: 'stdout', normaliser: 'time', count: 3, left: '03:00:01', right: '03:00:02' },
        },
        {
          between: ['native', 'emulated'],
          ...{ what: 'stdout', normaliser: 'address', count: 1, left: '0x55', right: '0x7f' },
        },
      ],
    },
  ),
  judge(define('app', 'rounds'), 'diverged', {
    cause: 'architecture',
    referee: { lane: 'vm', kernel: 'real', cpu: 'tcg' },
    lanes: {
      native: onLane('match', observe('0.1 \n')),
      emulated: onLane('diverged', observe('0.1\n', slow)),
    },
    differences: [
      {
        between: ['native', 'emulated'],
        ...{ what: 'stdout', where: 'line 1', left: '0.1 ', right: '0.1' },
        diff: '--- native\n+++ emulated\n@@ -1,1 +1,1 @@\n-0.1·\n+0.1',
      },
    ],
  }),
  judge(define('app', "spawns 'helper'"), 'diverged', {
    cause: 'emulator',
    referee: { lane: 'vm', kernel: 'real', cpu: 'tcg' },
    explanation: {
      ...{ id: 'vfork-as-fork', title: 'vfork is emulated as fork', cause: 'emulator' },
      ...{ advice: 'Nothing: it does not happen on arm64 machines.', source: 'rust#90825' },
      ...{ qemu: '7.2 and 10', syscalls: ['vfork', 'clone'] },
    },
    lanes: {
      native: onLane('match', observe('')),
      emulated: onLane(
        'diverged',
        observe('', {
          ...slow,
          termination: { kind: 'exit', code: 127 },
          ...stderr('helper: not found\n'),
        }),
      ),
    },
    differences: [{ between: ['native', 'emulated'], what: 'exit', left: '0', right: '127' }],
  }),
  judge(define('app', 'maps a page'), 'diverged', {
    cause: 'environment',
    referee: { lane: 'vm', kernel: 'real', cpu: 'tcg' },
    lanes: {
      native: onLane('match', observe('4096\n')),
      vm: onLane('diverged', observe('16384\n', slow)),
    },
    differences: [
      { between: ['native', 'vm'], what: 'stdout', where: 'line 1', left: '4096', right: '16384' },
    ],
  }),
  judge(define('app', 'writes a picture', { compare: ['stdout', 'files'] }), 'diverged', {
    cause: 'undecided',
    lanes: {
      native: onLane('match', observe(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 0xff]))),
      emulated: onLane(
        'diverged',
        observe(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 0xfe]), slow),
      ),
    },
    differences: [
      {
        between: ['native', 'emulated'],
        what: 'stdout',
        where: 'byte 0x5',
        left: '89 50 4e 47 00 ff',
        right: '89 50 4e 47 00 fe',
        diff: '-00000000  89 50 4e 47 00 ff                                 |.PNG..|\n+00000000  89 50 4e 47 00 fe                                 |.PNG..|',
      },
      {
        between: ['native', 'emulated'],
        ...{ what: 'files', where: '/out/x.png: mode', left: '0644', right: '0600' },
      },
    ],
  }),
  judge(define('app', 'was declared'), 'diverged', {
    cause: 'architecture',
    knownFailure: {
      known: { cause: 'architecture', until: '2026-01-31', reason: 'FMA contraction' },
      problem: 'expired',
    },
    lanes: {
      native: onLane('match', observe('1.0\n')),
      emulated: onLane('diverged', observe('1.1\n', slow)),
    },
    differences: [{ between: ['native', 'emulated'], what: 'stdout', left: '1.0', right: '1.1' }],
  }),
];

const quarantine = { until: '2027-01-31', reason: 'waits for <libapp> 2.1' };
const failing = onLane('mismatch', observe('1\n'), [
  { check: 'stdout equals 2', expected: '2', actual: '1' },
]);

/** Cases whose failures do not count, do no longer, and are none. */
const inQuarantine: readonly CaseResult[] = [
  judge(define('app', 'counts', { quarantine }), 'mismatch', {
    quarantined: true,
    lanes: { native: onLane('match', observe('2\n')), emulated: failing },
  }),
  judge(
    define('app', 'counted', { quarantine: { ...quarantine, until: '2026-01-31' } }),
    'mismatch',
    { lanes: { native: failing, emulated: failing } },
  ),
  judge(define('app', 'counts again', { quarantine }), 'match', {
    quarantined: true,
    lanes: {
      native: onLane('match', observe('2\n')),
      emulated: onLane('match', observe('2\n', slow)),
    },
  }),
];

/**
 * A run as it could have been, with every verdict, declared divergences met and not met, bytes,
 * control characters, and an end by Ctrl-C before its last cases.
 */
export function everyVerdictRun(): readonly RunEvent[] {
  const results = [...wellBehaved, ...weakened, ...diverged, ...FAILED, ...inQuarantine];
  return [
    startRun({ caseCount: results.length + 4, attemptCount: 40 }),
    ...LANES.map((lane, place): RunEvent => ({
      type: 'lane-opened',
      at: timeAt(60 * place),
      lane,
    })),
    {
      type: 'lane-failed',
      at: timeAt(200),
      laneId: 'ssh:pi@gone',
      failure: {
        ...{ code: 'SSH_UNREACHABLE', message: 'ssh pi@gone: connection refused.' },
        advice: 'Check that the machine is up.',
      },
    },
    {
      type: 'warning',
      at: timeAt(210),
      message: 'Memory limits cannot be enforced here.',
      advice: 'Delegate a cgroup to this user.',
    },
    ...results.flatMap((result, place) => tellCase(result, 300 + 100 * place)),
    endRun(
      {
        ...{ match: 6, known: 1, diverged: 7, mismatch: 2, flaky: 1, timeout: 1, unsupported: 1 },
        ...{ skipped: 1, infraError: 1, total: results.length },
      },
      { exitCode: 130, interrupted: true, durationMs: 12_345 },
    ),
  ];
}
