import { describe, expect, it } from 'vitest';
import { listOf, wantsColor } from '../../../src/cli/common-options.ts';

const TTY = { isTTY: true };
const PIPE = {};

describe('wantsColor', () => {
  it.each([
    ['a terminal', {}, TTY, {}, true],
    ['a pipe', {}, PIPE, {}, false],
    ['--color on a pipe', { color: true }, PIPE, { NO_COLOR: '1' }, true],
    ['--no-color on a terminal', { color: false }, TTY, { FORCE_COLOR: '1' }, false],
    ['NO_COLOR', {}, TTY, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR, which counts as unset (no-color.org)', {}, TTY, { NO_COLOR: '' }, true],
    ['NO_COLOR before FORCE_COLOR', {}, PIPE, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['FORCE_COLOR on a pipe', {}, PIPE, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0 on a terminal', {}, TTY, { FORCE_COLOR: '0' }, false],
    ['a dumb terminal', {}, TTY, { TERM: 'dumb' }, false],
  ])('of %s', (_name, options, stream, env, wanted) => {
    expect(wantsColor(options, stream, env)).toBe(wanted);
  });
});

describe('listOf', () => {
  it('reads an option that was given never, once, or often', () => {
    expect(listOf(undefined)).toEqual([]);
    expect(listOf('a')).toEqual(['a']);
    expect(listOf(['a', 'b'])).toEqual(['a', 'b']);
  });
});
