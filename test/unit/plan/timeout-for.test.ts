import { describe, expect, it } from 'vitest';
import { timeoutFor } from '../../../src/plan/index.ts';

const SCALED = { timeout: { kind: 'scaled', nativeMs: 10_000 } } as const;
const LITERAL = {
  timeout: { kind: 'literal', ms: 1000, byLane: { emulated: 2000, q10: 3000 } },
} as const;

describe('timeoutFor', () => {
  it.each([
    [{ id: 'native', kind: 'native' } as const, 1000],
    [{ id: 'emulated', kind: 'emulated' } as const, 2000],
    [{ id: 'q7', kind: 'emulated' } as const, 2000],
    [{ id: 'q10', kind: 'emulated' } as const, 3000],
    [{ id: 'constructor', kind: 'vm' } as const, 1000],
  ])('takes what is written for %j, whatever the factor', (lane, expected) => {
    expect(timeoutFor(LITERAL, lane, 50)).toBe(expected);
  });

  it.each([
    [1, 10_000],
    [4.81234, 48_124],
    [0.2, 10_000],
    [Number.NaN, 10_000],
    [Number.POSITIVE_INFINITY, 2_147_483_647],
  ])('scales the built-in default by %d', (factor, expected) => {
    expect(timeoutFor(SCALED, { id: 'vm', kind: 'vm' }, factor)).toBe(expected);
  });
});
