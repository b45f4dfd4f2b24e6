import { describe, expect, test } from 'vitest';
import type { CaseDefinition } from '../../../src/core/index.ts';
import { judgeCase, wantsReferee } from '../../../src/judge/index.ts';
import type { LaneAttempts } from '../../../src/judge/judge-lane.ts';
import {
  attempts,
  attemptsOf,
  defineCase,
  EMULATED,
  NATIVE,
  SSH,
  TIMED_OUT,
  TODAY,
  VM,
} from './judge-data.ts';

const OPTIONS = { today: TODAY, comparisonWanted: true };
const ONE_LINE = 'as int: -1\n';
const OTHER_LINE = 'as int: 255\n';

function judge(lanes: readonly LaneAttempts[], changes: Partial<CaseDefinition> = {}) {
  return judgeCase(defineCase(changes), lanes, OPTIONS);
}

function asked(lane: LaneAttempts): LaneAttempts {
  return { ...lane, asked: true };
}

const differing = [attempts(NATIVE, ONE_LINE), attempts(EMULATED, OTHER_LINE)];

describe('a referee that was asked', () => {
  test('clears the emulator, with what it saw and what that is called', () => {
    const result = judge([...differing, asked(attempts(VM, OTHER_LINE))]);
    expect(result).toMatchObject({
      verdict: 'diverged',
      cause: 'architecture',
      referee: { lane: 'vm', kernel: 'real', cpu: 'tcg' },
      explanation: { id: 'char-signedness' },
    });
    expect(result.reasoning).toBe(
      "vm, a real arm64 kernel on QEMU's CPU emulation, does the same as emulated at stdout line 1 " +
        '(as int: 255): char is signed on x86 and unsigned on arm64',
    );
    expect(Object.keys(result.lanes)).toEqual(['native', 'emulated', 'vm']);
  });

  test('blames the emulator by name', () => {
    const result = judge([...differing, asked(attempts(SSH, ONE_LINE))]);
    expect(result).toMatchObject({ cause: 'emulator', wrongLane: 'emulated' });
    expect(result.reasoning).toBe(
      'ssh:pi, a real arm64 kernel on a real CPU, does the same as native, only emulated differs at stdout line 1',
    );
  });

  test('has no part in the verdict, whatever happened to it', () => {
    const lost = { infra: { code: 'AGENT_LOST', message: 'gone' } };
    for (const lane of [attemptsOf(VM, lost), attempts(VM, TIMED_OUT)]) {
      const result = judge([...differing, asked(lane)]);
      expect(result).toMatchObject({ verdict: 'diverged', cause: 'undecided' });
      expect(result.differences).toHaveLength(1);
    }
  });

  test('confirms what a suite declares, or makes the declaration wrong', () => {
    const known = [{ cause: 'architecture', reason: 'char' } as const];
    const confirmed = judge([...differing, asked(attempts(VM, OTHER_LINE))], { known });
    expect(confirmed).toMatchObject({ verdict: 'match', cause: 'architecture' });
    expect(confirmed.referee?.lane).toBe('vm');
    expect(confirmed.knownFailure).toBeUndefined();
    const denied = judge([...differing, asked(attempts(VM, ONE_LINE))], { known });
    expect(denied).toMatchObject({ cause: 'emulator', knownFailure: { problem: 'cause' } });
    const silent = judge([...differing, asked(attempts(VM, 'neither'))], { known });
    expect(silent).toMatchObject({ verdict: 'match', cause: 'architecture' });
    expect(silent.knownFailure).toBeUndefined();
  });
});

describe('wantsReferee', () => {
  const lanes = [NATIVE, EMULATED];

  test.each([
    ['a divergence', judge(differing), true],
    [
      'a declared one',
      judge(differing, { known: [{ cause: 'undecided', reason: 'known' }] }),
      true,
    ],
    ['a match', judge([attempts(NATIVE, ONE_LINE), attempts(EMULATED, ONE_LINE)]), false],
    [
      'a flaky case',
      judge([attempts(NATIVE, ONE_LINE), attempts(EMULATED, OTHER_LINE, ONE_LINE)]),
      false,
    ],
    ['a time-out', judge([attempts(NATIVE, ONE_LINE), attempts(EMULATED, TIMED_OUT)]), false],
    ['an inspection', judge(differing, { command: { kind: 'inspect', what: 'files' } }), false],
  ])('%s: %#', (_name, result, wanted) => {
    expect(wantsReferee(result, lanes)).toBe(wanted);
  });

  test('not when a lane of the run is one', () => {
    expect(wantsReferee(judge(differing), [...lanes, VM])).toBe(false);
  });
});
