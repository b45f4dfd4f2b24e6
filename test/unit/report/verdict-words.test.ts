import { describe, expect, it } from 'vitest';

import type { CaseResult, Cause, Explanation } from '../../../src/core/index.ts';
import { formatDuration } from '../../../src/report/format-duration.ts';
import { describeVerdict, labelCase } from '../../../src/report/verdict-words.ts';
import { define, judge, observe, onLane } from './make-result.ts';

const seen = (...ids: readonly string[]): CaseResult['lanes'] =>
  Object.fromEntries(ids.map((id) => [id, onLane('match', observe(''))]));
const tcg = { lane: 'vm', kernel: 'real', cpu: 'tcg' } as const;
const known = { cause: 'emulator', reason: 'no io_uring', at: 'stdout' } as const;
const diverged = (more: Partial<CaseResult>): CaseResult =>
  judge(define('s', 'c'), 'diverged', more);

const guess = (cause: Cause): Explanation => ({
  id: 'x',
  title: 't',
  cause,
  advice: 'a',
  source: 's',
});
const stopped = (...ids: readonly string[]): CaseResult['lanes'] => {
  const observation = observe('', { termination: { kind: 'timeout', deadlineMs: 5 } });
  return Object.fromEntries(ids.map((id) => [id, onLane('match', observation)]));
};
const programs = { kind: 'inspect', what: 'programs' } as const;
const failure = { check: 'stdout equals nothing', expected: '(nothing)', actual: 'a' };

describe('describeVerdict', () => {
  it.each<[string, CaseResult]>([
    ['the same on both', judge(define('s', 'c'), 'match', { lanes: seen('native', 'emulated') })],
    ['the same on all 3', judge(define('s', 'c'), 'match', { lanes: seen('a', 'b', 'c') })],
    ['as expected', judge(define('s', 'c'), 'match', { lanes: seen('native') })],
    ['differs: yours, here', diverged({ cause: 'architecture' })],
    [
      "differs: yours, here, unless QEMU's CPU emulation is at fault",
      diverged({ cause: 'architecture', referee: tcg }),
    ],
    [
      'differs: yours, here',
      diverged({ cause: 'architecture', referee: { ...tcg, cpu: 'hardware' } }),
    ],
    ["differs: QEMU's, ignore it", diverged({ cause: 'emulator', referee: tcg })],
    [
      "differs: yours or QEMU's, undecided without a referee lane",
      diverged({ cause: 'undecided' }),
    ],
    [
      'differs: probably yours',
      diverged({ cause: 'undecided', explanation: guess('architecture') }),
    ],
    ["differs: probably QEMU's", diverged({ cause: 'undecided', explanation: guess('emulator') })],
    [
      'differs: probably by the environment, not by the architecture',
      diverged({ cause: 'undecided', explanation: guess('environment') }),
    ],
    [
      'kept running on both',
      judge(define('s', 'c', { mayKeepRunning: true }), 'match', { lanes: stopped('native', 'q') }),
    ],
    [
      'nothing wrong',
      judge(define('s', 'c', { command: programs }), 'match', { lanes: seen('a') }),
    ],
    [
      '2 findings on emulated',
      judge(define('s', 'c', { command: programs }), 'mismatch', {
        lanes: { emulated: onLane('mismatch', observe('a\nb\n'), [failure]) },
      }),
    ],
    [
      'differs: cause undecided (the referee vm agrees with neither)',
      diverged({ cause: 'undecided', referee: tcg }),
    ],
    [
      'differs: yours, here; declared as known, but only at stdout',
      diverged({ cause: 'architecture', knownFailure: { known, problem: 'elsewhere' } }),
    ],
    ['a check failed', judge(define('s', 'c'), 'mismatch')],
    ['did not end in time', judge(define('s', 'c'), 'timeout')],
    ['attempts on one lane differ', judge(define('s', 'c'), 'flaky')],
    ['skipped', judge(define('s', 'c'), 'skipped')],
    ['a lane broke: no reason was given', judge(define('s', 'c'), 'infra-error')],
    [
      'could not be compared: fewer than two lanes ran it',
      judge(define('s', 'c'), 'unsupported', { lanes: seen('native') }),
    ],
  ])('says "%s"', (words, result) => {
    expect(describeVerdict(result)).toBe(words);
  });

  it('labels a match that fails by what is wrong with it', () => {
    const healed = judge(define('s', 'c'), 'match', { knownFailure: { known, problem: 'unmet' } });
    expect(labelCase(healed)).toBe('known-unmet');
    expect(labelCase(judge(define('s', 'c'), 'match', { known }))).toBe('known');
    expect(labelCase(judge(define('s', 'c'), 'match'))).toBe('ok');
  });
});

describe('formatDuration', () => {
  it.each([
    [0.2, '<1 ms'],
    [31.4, '31 ms'],
    [999.6, '1 s'],
    [3420, '3.4 s'],
    [59_960, '1 min 0 s'],
    [125_000, '2 min 5 s'],
  ])('gives %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
