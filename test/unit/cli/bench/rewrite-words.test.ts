import { describe, expect, it } from 'vitest';
import { rewriteBenchWords } from '../../../../src/cli/bench/rewrite-words.ts';

describe('rewriteBenchWords', () => {
  it.each([
    ['-L size 1,2 x', ['--parameter-list', 'size=1,2', 'x']],
    ['-P n 1 8 x', ['--parameter-scan', 'n=1:8', 'x']],
    ['-P n 1 8 2 x', ['--parameter-scan', 'n=1:8:2', 'x']],
    ['-P n=1:8 x', ['--parameter-scan', 'n=1:8', 'x']],
    ['-N x', ['--no-shell', 'x']],
    ['x -- -N -P n', ['x', '--', '-N', '-P', 'n']],
  ])('makes one word of the values in %s', (line, words) => {
    expect(rewriteBenchWords(line.split(' '))).toEqual(words);
  });

  it('refuses options without their values', () => {
    expect(() => rewriteBenchWords(['-L', 'size'])).toThrow('-L takes a name and values');
    expect(() => rewriteBenchWords(['-P', 'n', '1'])).toThrow('-P takes a name');
  });
});
