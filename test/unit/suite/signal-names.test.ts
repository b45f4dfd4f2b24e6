import { describe, expect, it } from 'vitest';
import { findSignalProblem, SIGNAL_NAMES } from '../../../src/suite/signal-names.ts';

describe('findSignalProblem', () => {
  it('has nothing to say of the signals', () => {
    for (const name of SIGNAL_NAMES) expect(findSignalProblem(name)).toBeUndefined();
  });

  it.each([
    ['11', 'SIGSEGV'],
    [' 15 ', 'SIGTERM'],
    ['term', 'SIGTERM'],
    [' Kill ', 'SIGKILL'],
    ['sigsegv', 'SIGSEGV'],
    ['SIGSEG', 'SIGSEGV'],
  ])('reads %j as %s', (text, meant) => {
    expect(findSignalProblem(text)).toEqual({
      message: `must be a signal such as SIGSEGV, not ${JSON.stringify(text)}`,
      hint: `did you mean ${meant}?`,
    });
  });

  it.each(['99', 'x11', '11x', 'no signal at all', ''])('names them all for %j', (text) => {
    expect(findSignalProblem(text)?.hint).toBe(`the signals are ${SIGNAL_NAMES.join(', ')}`);
  });
});
