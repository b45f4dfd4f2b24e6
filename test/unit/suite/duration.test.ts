import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findDurationProblem,
  formatDuration,
  LONGEST_DURATION_MS,
  parseDuration,
} from '../../../src/suite/duration.ts';

describe('parseDuration', () => {
  it.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['1.5s', 1500],
    ['1.1s', 1100],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
    expect(findDurationProblem(text)).toBeUndefined();
  });

  it.each(['', '10', 's', '-1s', '1e3s', '10S', ' 10s', '0s', '0.1ms', '25d', '600h', '1m30s'])(
    'refuses %j and says why',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
      expect(findDurationProblem(text)?.message).toContain(JSON.stringify(text));
    },
  );

  it.each([
    ['10', 'a duration needs a unit: write 10s'],
    ['10 minutes', 'write 10m'],
    ['1h30m', 'write 90m'],
    ['300 msec', 'write 300ms'],
  ])('turns %j into a hint', (text, hint) => {
    expect(findDurationProblem(text)?.hint).toBe(hint);
  });

  it('reads back what formatDuration writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: LONGEST_DURATION_MS }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });
});
