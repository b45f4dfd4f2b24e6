import { describe, expect, test } from 'vitest';
import {
  isFailure,
  type CaseDefinition,
  type CaseResult,
  type LaneInfo,
  type ServiceDefinition,
  type Verdict,
} from '../../../src/core/index.ts';
import { judgeCase } from '../../../src/judge/judge-case.ts';
import type { LaneAttempts } from '../../../src/judge/judge-lane.ts';
import {
  attempts,
  attemptsOf,
  defineCase,
  EMULATED,
  NATIVE,
  observe,
  SSH,
  TIMED_OUT,
  TODAY,
  VM,
  VM_16K,
} from './judge-data.ts';

function judge(
  changes: Partial<CaseDefinition>,
  lanes: readonly LaneAttempts[],
  comparisonWanted = true,
): CaseResult {
  return judgeCase(defineCase(changes), lanes, { today: TODAY, comparisonWanted });
}

const infra = { infra: { code: 'LANE_BROKE', message: 'the lane broke' } };
const unsupported = { unsupported: 'the lane has no TTY' };

const within = { kind: 'literal', ms: 1000, byLane: {} } as const;
const SERVICE: ServiceDefinition = {
  ready: { check: { kind: 'started' }, within },
  requests: [{ kind: 'tcp', label: 'port 80', port: 80 }],
  stop: { signal: 'SIGTERM', within },
};

describe('verdicts of a case', () => {
  const rows: readonly (readonly [
    string,
    Partial<CaseDefinition>,
    readonly LaneAttempts[],
    Verdict,
  ])[] = [
    ['equal', {}, [attempts(NATIVE, 'a'), attempts(EMULATED, 'a')], 'match'],
    ['different', {}, [attempts(NATIVE, 'a'), attempts(EMULATED, 'b')], 'diverged'],
    ['hidden', {}, [attempts(NATIVE, 'x86_64'), attempts(EMULATED, 'aarch64')], 'match'],
    [
      'different where nothing is compared',
      { compare: ['exit'] },
      [attempts(NATIVE, 'a'), attempts(EMULATED, 'b')],
      'match',
    ],
    [
      'a failed check beats a divergence',
      { expect: { exit: 0 } },
      [attempts(NATIVE, {}), attempts(EMULATED, { exit: 1 })],
      'mismatch',
    ],
    [
      'a retry that passed is flaky',
      { expect: { exit: 0 } },
      [attempts(NATIVE, {}), attempts(EMULATED, { exit: 1 }, {})],
      'flaky',
    ],
    [
      'attempts that differ are flaky',
      {},
      [attempts(NATIVE, 'a'), attempts(EMULATED, 'a', 'b')],
      'flaky',
    ],
    [
      'attempts that differ only in what is hidden match',
      {},
      [attempts(NATIVE, 'pid 3'), attempts(EMULATED, 'pid 4', 'pid 5')],
      'match',
    ],
    [
      'a timeout that a retry survived is flaky',
      {},
      [attempts(NATIVE, 'a'), attempts(EMULATED, TIMED_OUT, 'a')],
      'flaky',
    ],
    [
      'failures beat flaky when no attempt passes',
      { expect: { exit: 0 } },
      [attempts(NATIVE, {}), attempts(EMULATED, { exit: 1 }, { exit: 2 })],
      'mismatch',
    ],
    ['a timeout', {}, [attempts(NATIVE, 'a'), attempts(EMULATED, TIMED_OUT)], 'timeout'],
    [
      'timeouts everywhere',
      {},
      [attempts(NATIVE, TIMED_OUT), attempts(EMULATED, TIMED_OUT)],
      'timeout',
    ],
    [
      'a broken lane',
      {},
      [attempts(NATIVE, TIMED_OUT), attemptsOf(EMULATED, infra)],
      'infra-error',
    ],
    [
      'an unsupported lane',
      {},
      [attempts(NATIVE, 'a'), attemptsOf(EMULATED, unsupported)],
      'unsupported',
    ],
    [
      'a third lane that is unsupported',
      {},
      [attempts(NATIVE, 'a'), attempts(EMULATED, 'a'), attemptsOf(VM, unsupported)],
      'match',
    ],
    [
      'unsupported where only checks are asked for',
      { compare: [], expect: { exit: 0 } },
      [attempts(NATIVE, 'a'), attemptsOf(EMULATED, unsupported)],
      'unsupported',
    ],
    [
      'a failed check beats an unsupported lane',
      { expect: { exit: 3 } },
      [attempts(NATIVE, 'a'), attemptsOf(EMULATED, unsupported)],
      'mismatch',
    ],
    [
      'skipped everywhere',
      {},
      [
        { info: NATIVE, attempts: [], skipped: 'filter' },
        { info: EMULATED, attempts: [], skipped: 'filter' },
      ],
      'skipped',
    ],
    [
      'one lane left by the user, with checks',
      { expect: { exit: 0 } },
      [{ info: NATIVE, attempts: [], skipped: 'when' }, attempts(EMULATED, 'a')],
      'match',
    ],
    [
      'one lane left by the user, nothing checked',
      {},
      [{ info: NATIVE, attempts: [], skipped: 'when' }, attempts(EMULATED, 'a')],
      'unsupported',
    ],
    [
      'files that one lane does not observe',
      { compare: ['files'] },
      [attempts(NATIVE, { files: [] }), attempts(EMULATED, {})],
      'unsupported',
    ],
    [
      'one lane whose answers are checked',
      { service: SERVICE },
      [attempts(EMULATED, 'a')],
      'match',
    ],
    [
      'one lane whose service has nothing to answer',
      { service: { ...SERVICE, requests: [] } },
      [attempts(EMULATED, 'a')],
      'unsupported',
    ],
    ['one lane where nothing is compared', { compare: [] }, [attempts(NATIVE, 'a')], 'match'],
    [
      'a third lane that is unsupported where nothing is compared',
      { compare: [] },
      [attempts(NATIVE, 'a'), attempts(EMULATED, 'a'), attemptsOf(VM, unsupported)],
      'unsupported',
    ],
    ['nothing at all', {}, [], 'skipped'],
  ];

  test.each(rows)('%s', (_name, changes, lanes, verdict) => {
    expect(judge(changes, lanes).verdict).toBe(verdict);
  });

  test('one lane is enough when no comparison is wanted', () => {
    expect(judge({}, [attempts(EMULATED, 'a')], false).verdict).toBe('match');
    expect(judge({}, [attempts(EMULATED, 'a')], true).verdict).toBe('unsupported');
  });

  test('says why it could not compare', () => {
    const result = judge({}, [attempts(NATIVE, 'a'), attemptsOf(EMULATED, unsupported)]);
    expect(result.reason).toBe('only native could be compared (emulated: the lane has no TTY)');
    expect(isFailure(result, true)).toBe(false);
    expect(judge({}, [{ info: NATIVE, attempts: [], skipped: 'shard' }]).reason).toBe('shard');
    expect(judge({}, [attempts(NATIVE, 'a'), attemptsOf(EMULATED, infra)]).reason).toBe(
      'the lane broke',
    );
  });

  test.each<
    readonly [string, Partial<CaseDefinition>, readonly LaneAttempts[], string | undefined]
  >([
    ['one lane', {}, [attempts(EMULATED, 'a')], 'only emulated could be compared'],
    [
      'a check does not replace a comparison that was asked for',
      { expect: { exit: 0 } },
      [attempts(NATIVE, 'a'), attemptsOf(EMULATED, unsupported)],
      'only native could be compared (emulated: the lane has no TTY)',
    ],
    [
      'a check of a lane that saw nothing',
      { expect: { exit: 0 } },
      [attemptsOf(EMULATED, unsupported)],
      'no lane gave anything to compare (emulated: the lane has no TTY)',
    ],
    [
      'nothing is compared',
      { compare: [] },
      [attempts(NATIVE, 'a'), attemptsOf(EMULATED, unsupported)],
      'the lane has no TTY',
    ],
    [
      'an aspect',
      { compare: ['files'] },
      [attempts(NATIVE, { files: [] }), attempts(EMULATED, {})],
      'not every lane observes files',
    ],
    [
      'a verdict that has failures of its own',
      {},
      [attempts(NATIVE, 'a'), attemptsOf(EMULATED, infra, { observation: observe('a') })],
      undefined,
    ],
  ])('says why: %s', (_name, changes, lanes, reason) => {
    expect(judge(changes, lanes).reason).toBe(reason);
  });

  test('has no word for what was not found', () => {
    const same = [attempts(NATIVE, 'a'), attempts(EMULATED, 'a')];
    const always = ['definition', 'verdict', 'lanes', 'differences', 'hidden'];
    expect(Object.keys(judge({}, same))).toEqual(always);
    expect(Object.keys(judge({}, []))).toEqual(always);
  });

  test('explains what failed or differs, and nothing else', () => {
    const crash = { exit: 1, stderr: 'exec /app: exec format error\n' };
    const judged = (changes: Partial<CaseDefinition>) =>
      judge(changes, [attempts(NATIVE, { exit: 1 }), attempts(EMULATED, crash)]);
    expect(judged({ expect: { exit: 0 } }).explanation?.id).toBe('exec-format-error');
    expect(judged({}).explanation).toBeUndefined();
    const slow: LaneInfo = { ...EMULATED, fingerprint: { cpu: 'max' } };
    const late = judge({}, [attempts(NATIVE, 'a'), attempts(slow, TIMED_OUT)]);
    expect(late).toMatchObject({ verdict: 'timeout', explanation: { id: 'pauth-slow' } });
  });

  test('keeps what normalisation has hidden, and the differences beside it', () => {
    const [left, right] = ['x86_64\n1\n', 'aarch64\n2\n'];
    const result = judge({}, [attempts(NATIVE, left), attempts(EMULATED, right)]);
    expect(result.differences).toMatchObject([{ where: 'line 2', left: '1', right: '2' }]);
    expect(result.hidden).toMatchObject([{ left: 'x86_64', right: 'aarch64' }]);
  });

  test('a program that is not started is data', () => {
    const result = judge({}, [
      attempts(NATIVE, {}),
      attempts(EMULATED, {
        termination: { kind: 'not-started', errno: 'ENOEXEC', message: 'Exec format error' },
      }),
    ]);
    expect(result.verdict).toBe('diverged');
    expect(result.differences).toEqual([
      {
        between: ['native', 'emulated'],
        what: 'exit',
        left: 'exit 0',
        right: 'not started: ENOEXEC',
      },
    ]);
    expect(result.explanation?.id).toBe('exec-format-error');
  });

  test('a command that starts nowhere fails, whatever was compared', () => {
    const missing = {
      termination: { kind: 'not-started', errno: 'ENOENT', message: 'It was not found.' },
    } as const;
    const nowhere = judge({}, [attempts(NATIVE, missing), attempts(EMULATED, missing)]);
    expect(nowhere.verdict).toBe('mismatch');
    for (const lane of ['native', 'emulated'])
      expect(nowhere.lanes[lane]?.failures).toEqual([
        { check: 'command starts', expected: 'started', actual: 'ENOENT: It was not found.' },
      ]);
    const checked = judge({ compare: [], expect: { stdout: [] } }, [attempts(NATIVE, missing)]);
    expect(checked.verdict).toBe('mismatch');
  });

  test('the base is the native lane wherever it stands', () => {
    const result = judge({}, [attempts(EMULATED, 'b'), attempts(VM, 'b'), attempts(NATIVE, 'a')]);
    expect(result.differences.map(({ between }) => between)).toEqual([
      ['native', 'emulated'],
      ['native', 'vm'],
    ]);
  });

  test('keeps each lane with its own verdict, attempts and failures', () => {
    const result = judge({ expect: { exit: 0 } }, [
      attempts(NATIVE, {}),
      attempts(EMULATED, { exit: 1 }, {}),
    ]);
    expect(result.lanes['native']?.verdict).toBe('match');
    expect(result.lanes['emulated']?.verdict).toBe('flaky');
    expect(result.lanes['emulated']?.attempts).toHaveLength(2);
    expect(result.lanes['emulated']?.failures).toEqual([
      { check: 'exit 0', expected: 'exit 0', actual: 'exit 1' },
    ]);
  });
});

describe('known divergences', () => {
  const differing = [attempts(NATIVE, 'a'), attempts(EMULATED, 'b')];
  const reason = 'char is unsigned on arm64';

  test('a declared divergence matches, with the cause of its entry', () => {
    const known = { cause: 'architecture', at: 'stdout', until: TODAY, reason } as const;
    const result = judge({ known: [known] }, differing);
    expect(result).toMatchObject({ verdict: 'match', known, cause: 'architecture' });
    expect(result.knownFailure).toBeUndefined();
    expect(result.differences).toHaveLength(1);
    expect(isFailure(result, true)).toBe(false);
  });

  test.each([
    ['expired', { cause: 'architecture', until: '2026-03-13', reason }, differing, 'diverged'],
    ['elsewhere', { cause: 'architecture', at: 'exit', reason }, differing, 'diverged'],
    [
      'unmet',
      { cause: 'architecture', reason },
      [attempts(NATIVE, 'a'), attempts(EMULATED, 'a')],
      'match',
    ],
  ] as const)('%s fails the case', (problem, known, lanes, verdict) => {
    const result = judge({ known: [known] }, lanes);
    expect(result.verdict).toBe(verdict);
    expect(result.knownFailure).toEqual({ known, problem });
    expect(result.known).toBeUndefined();
    expect(isFailure(result, false)).toBe(true);
  });

  test('one entry met and another not: matches and fails', () => {
    const met = { cause: 'architecture', at: 'stdout', reason } as const;
    const unmet = { cause: 'architecture', at: 'exit', reason } as const;
    const result = judge({ known: [unmet, met] }, differing);
    expect(result).toMatchObject({ verdict: 'match', known: met });
    expect(result.knownFailure).toEqual({ known: unmet, problem: 'unmet' });
  });

  test('is not called gone by a run that could not show it', () => {
    const known = { cause: 'architecture', reason } as const;
    const same = judge({ known: [known] }, [attempts(EMULATED, 'a'), attempts(VM, 'a')]);
    expect(same.knownFailure).toBeUndefined();
    const emulator = { cause: 'emulator', reason } as const;
    const real = judge({ known: [emulator] }, [attempts(NATIVE, 'a'), attempts(SSH, 'a')]);
    expect(real.knownFailure).toBeUndefined();
  });

  test('is not looked for where nothing was compared', () => {
    const known = { cause: 'emulator', reason } as const;
    const alone = judge({ known: [known] }, [attempts(EMULATED, 'a')], false);
    expect(alone.knownFailure).toBeUndefined();
  });

  test('does not excuse a failed check', () => {
    const known = { cause: 'architecture', reason } as const;
    const result = judge({ known: [known], expect: { stdout: { equals: 'a' } } }, differing);
    expect(result.verdict).toBe('mismatch');
    expect(result.known).toBeUndefined();
  });
});

describe('cause', () => {
  test('is undecided until a referee speaks', () => {
    const result = judge({}, [attempts(NATIVE, 'a'), attempts(EMULATED, 'b')]);
    expect(result.cause).toBe('undecided');
    expect(result.referee).toBeUndefined();
  });

  test('comes with the referee', () => {
    const result = judge({}, [attempts(NATIVE, 'a'), attempts(EMULATED, 'b'), attempts(VM, 'b')]);
    expect(result.cause).toBe('architecture');
    expect(result.referee).toEqual({ lane: 'vm', kernel: 'real', cpu: 'tcg' });
  });

  test('is the environment when only a setting of a real kernel differs', () => {
    const lanes = [attempts(NATIVE, 'a'), attempts(VM, 'a'), attempts(VM_16K, 'b')];
    expect(judge({}, lanes).cause).toBe('environment');
  });

  test('is not guessed for a failed check', () => {
    const expectA = { expect: { stdout: { equals: 'a' } } };
    const two = [attempts(NATIVE, 'a'), attempts(EMULATED, 'b')];
    expect(judge(expectA, two).cause).toBeUndefined();
    expect(judge(expectA, [...two, attempts(VM, 'a')]).cause).toBe('emulator');
  });

  const good: LaneInfo = { ...EMULATED, id: 'good', fingerprint: { qemu: '7.2' } };
  const newer: LaneInfo = { ...EMULATED, id: 'newer', fingerprint: { qemu: '10.0' } };

  test('is the emulator of the lanes that differ, not of those that agree', () => {
    const two = [attempts(NATIVE, 'a'), attempts(newer, 'b'), attempts(good, 'a')];
    expect(judge({}, two)).toMatchObject({ cause: 'emulator', wrongLane: 'newer' });
    expect(judge({}, two).wrongLanes).toBeUndefined();
    const three = [...two, attempts({ ...newer, id: 'newest' }, 'b')];
    expect(judge({}, three).wrongLanes).toEqual(['newer', 'newest']);
  });

  test('contradicts what a suite declares only where a referee said so', () => {
    const known = { cause: 'architecture', reason: 'declared' } as const;
    const lanes = [attempts(NATIVE, 'a'), attempts(newer, 'b'), attempts(good, 'a')];
    const result = judge({ known: [known] }, lanes);
    expect(result).toMatchObject({ verdict: 'match', cause: 'emulator' });
    expect(result.knownFailure).toBeUndefined();
  });

  test('is not looked for where attempts of one lane differ among themselves', () => {
    const flaky = [attempts(NATIVE, 'a'), attempts(EMULATED, 'a', 'b'), attempts(VM, 'b')];
    const result = judge({}, flaky);
    expect(result.verdict).toBe('flaky');
    expect(result.differences).not.toEqual([]);
    expect(result.cause).toBeUndefined();
  });

  test('of an image that is only looked at is the architecture, where it differs', () => {
    const inspect = { command: { kind: 'inspect', what: 'files' } } as const;
    const differing = [attempts(NATIVE, 'a'), attempts(EMULATED, 'b'), attempts(VM, 'a')];
    expect(judge(inspect, differing)).toMatchObject({ verdict: 'diverged', cause: 'architecture' });
    const same = [attempts(NATIVE, 'a'), attempts(EMULATED, 'a')];
    expect(judge(inspect, same).cause).toBeUndefined();
  });
});
