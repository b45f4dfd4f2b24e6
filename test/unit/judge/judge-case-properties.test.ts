import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  VERDICT_PRECEDENCE,
  type CaseDefinition,
  type CaseResult,
} from '../../../src/core/index.ts';
import { judgeCase } from '../../../src/judge/judge-case.ts';
import type { LaneAttempts } from '../../../src/judge/judge-lane.ts';
import {
  attemptsOf,
  defineCase,
  EMULATED,
  NATIVE,
  observe,
  TIMED_OUT,
  TODAY,
  VM,
} from './judge-data.ts';

function judge(changes: Partial<CaseDefinition>, lanes: readonly LaneAttempts[]): CaseResult {
  return judgeCase(defineCase(changes), lanes, { today: TODAY, comparisonWanted: true });
}

const infra = { infra: { code: 'LANE_BROKE', message: 'the lane broke' } };
const unsupported = { unsupported: 'the lane has no TTY' };

describe('judgeCase', () => {
  const arbitrarySeen = fc.oneof(
    fc.constantFrom('a', 'b', 'x86_64').map((stdout) => ({ observation: observe(stdout) })),
    fc.constantFrom(0, 1).map((exit) => ({ observation: observe({ exit }) })),
    fc.constantFrom({ observation: observe(TIMED_OUT) }, infra, unsupported),
  );
  const arbitraryLane = fc.array(arbitrarySeen, { maxLength: 3 });
  const arbitraryCase = fc.constantFrom<Partial<CaseDefinition>>(
    {},
    { expect: { exit: 0 } },
    { compare: [] },
    { known: [{ cause: 'architecture', at: 'stdout', reason: 'r' }] },
  );
  const lanes = [NATIVE, EMULATED, VM];

  test('precedence is total: every case has one verdict, and none worse was seen', () => {
    fc.assert(
      fc.property(arbitraryCase, fc.array(arbitraryLane, { maxLength: 3 }), (changes, seen) => {
        const result = judge(
          changes,
          seen.map((list, index) => attemptsOf(lanes[index] ?? NATIVE, ...list)),
        );
        const rank = VERDICT_PRECEDENCE.indexOf(result.verdict);
        expect(rank).toBeGreaterThanOrEqual(0);
        for (const lane of Object.values(result.lanes)) {
          const laneRank = VERDICT_PRECEDENCE.indexOf(lane.verdict);
          if (lane.verdict !== 'unsupported') expect(laneRank).toBeGreaterThanOrEqual(rank);
        }
      }),
    );
  });

  test('the order of lanes does not change the verdict', () => {
    fc.assert(
      fc.property(
        arbitraryCase,
        fc.tuple(arbitraryLane, arbitraryLane, arbitraryLane),
        fc.boolean(),
        (changes, seen, withNative) => {
          const given = seen
            .map((list, index) => attemptsOf(lanes[index] ?? NATIVE, ...list))
            .slice(withNative ? 0 : 1);
          const forth = judge(changes, given);
          const back = judge(changes, given.toReversed());
          expect(back.verdict).toBe(forth.verdict);
          expect(back.lanes).toEqual(forth.lanes);
          expect(back.knownFailure?.problem).toBe(forth.knownFailure?.problem);
        },
      ),
    );
  });
});
