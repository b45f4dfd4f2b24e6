import { describe, expect, it } from 'vitest';
import { findRegularExpressionProblem } from '../../../src/suite/regular-expression.ts';

const AROUND = 'RE2 has no look-ahead and no look-behind';

describe('findRegularExpressionProblem', () => {
  it('has nothing to say of expressions of RE2', () => {
    expect(findRegularExpressionProblem('^a(?:b|c)+$')).toBeUndefined();
  });

  it.each([
    ['a(?=b)', AROUND],
    ['a(?!b)', AROUND],
    ['(?<=a)b', AROUND],
    ['(?<!a)b', AROUND],
    ['(a)\\1', 'RE2 has no back-references'],
    ['(a', 'write \\( and \\) for the characters themselves'],
    ['a)', 'write \\( and \\) for the characters themselves'],
    ['a**', undefined],
  ])('says of %s: %s', (text, hint) => {
    const problem = findRegularExpressionProblem(text);
    expect(problem?.hint).toBe(hint);
    expect(problem?.message).toMatch(/^is no RE2 regular expression: ".*" has an? [a-z]/);
    expect(problem?.message).not.toContain('error parsing');
  });
});
