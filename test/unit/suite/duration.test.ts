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
    ['-1s', 'cannot be negative, but is "-1s"'],
    [' -1s', 'cannot be negative, but is " -1s"'],
    ['0s', 'must be longer than nothing, not "0s"'],
    ['0.4ms', 'must be longer than nothing, not "0.4ms"'],
    ['25d', 'must be a duration such as 10s, not "25d"'],
    ['600h', 'must be shorter than 24 days, not "600h"'],
    ['2147483648ms', 'must be shorter than 24 days, not "2147483648ms"'],
    ['10', 'must be a duration such as 10s, not "10"'],
  ])('of %j says %s', (text, message) => {
    expect(findDurationProblem(text)?.message).toBe(message);
  });

  it('reads up to what timers hold', () => {
    expect(parseDuration('2147483647ms')).toBe(LONGEST_DURATION_MS);
    expect(parseDuration('0.5ms')).toBe(1);
    expect([1, 999, 1500, 60_000, 90_000, 3_600_000, 86_400_000].map(formatDuration)).toEqual([
      ...['1ms', '999ms', '1500ms', '1m', '90s', '1h', '24h'],
    ]);
  });

  it.each([
    ['10', 'a duration needs a unit: write 10s'],
    ['1.5', 'a duration needs a unit: write 1.5s'],
    [' 10 s ', 'write 10s'],
    ['10S', 'write 10s'],
    ['10 sec', 'write 10s'],
    ['10 seconds', 'write 10s'],
    ['2 min', 'write 2m'],
    ['2 mins', 'write 2m'],
    ['1 minute', 'write 1m'],
    ['2 hrs', 'write 2h'],
    ['2 hr', 'write 2h'],
    ['2 hours', 'write 2h'],
    ['1.25 hours', 'write 75m'],
    ['1.25', 'a duration needs a unit: write 1.25s'],
    ['5 millisecond', 'write 5ms'],
    ['in 5', 'the units are ms, s, m and h'],
    ['1 hour', 'write 1h'],
    ['5 milliseconds', 'write 5ms'],
    ['5 millis', 'write 5ms'],
    ['1.5h 10.5s', 'write 5410500ms'],
    ['25d', 'the units are ms, s, m and h'],
    ['soon', 'the units are ms, s, m and h'],
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
