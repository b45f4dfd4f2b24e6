import { findNearest, type FactValue } from '../../core/index.ts';
import { quoteText, type Problem } from '../mistake.ts';
import { findRegularExpressionProblem } from '../regular-expression.ts';

const OF_TEXT = ['have-prefix', 'have-suffix', 'contain-substring', 'semver-constraint'];
const OF_NUMBERS = ['gt', 'ge', 'lt', 'le', 'have-len'];
const OF_LISTS = ['contain-elements', 'consist-of', 'and', 'or'];
const OF_MATCHER = ['not', 'contain-element', 'have-key'];
const MATCHERS = [
  ...OF_TEXT,
  ...OF_NUMBERS,
  ...OF_LISTS,
  ...OF_MATCHER,
  ...['equal', 'match-regexp', 'have-patterns', 'gjson'],
];

/** What is wrong with a matcher, and where in it. */
export interface MatcherMistake extends Problem {
  readonly path: readonly (string | number)[];
}

/** Finds what goss calls a syntax error in a matcher. */
export function findMatcherMistake(
  matcher: FactValue,
  path: readonly (string | number)[] = [],
): MatcherMistake | undefined {
  if (matcher === null || typeof matcher !== 'object') return undefined;
  if (isList(matcher)) return findIn(matcher, path);
  const keys = Object.keys(matcher);
  const [name] = keys;
  if (name === undefined || keys.length > 1)
    return {
      path,
      message: `needs one matcher, but has ${keys.length === 0 ? 'none' : keys.join(' and ')}`,
      hint: 'write and: with a list of them',
    };
  return findInMatcher(name, matcher[name] ?? null, [...path, name]);
}

function isList(value: FactValue): value is readonly FactValue[] {
  return Array.isArray(value);
}

function findIn(
  matchers: readonly FactValue[],
  path: readonly (string | number)[],
): MatcherMistake | undefined {
  for (const [index, matcher] of matchers.entries()) {
    const mistake = findMatcherMistake(matcher, [...path, index]);
    if (mistake !== undefined) return mistake;
  }
  return undefined;
}

function findInMatcher(
  name: string,
  value: FactValue,
  path: readonly (string | number)[],
): MatcherMistake | undefined {
  if (OF_MATCHER.includes(name)) return findMatcherMistake(value, path);
  if (OF_LISTS.includes(name))
    return isList(value) ? findIn(value, path) : { path, message: 'must be a list of matchers' };
  if (OF_NUMBERS.includes(name))
    return typeof value === 'number' || (name !== 'have-len' && typeof value === 'string')
      ? undefined
      : { path, message: 'must be a number' };
  if (OF_TEXT.includes(name))
    return typeof value === 'string' ? undefined : { path, message: 'must be text' };
  switch (name) {
    case 'equal':
      return undefined;
    case 'match-regexp': {
      if (typeof value !== 'string') return { path, message: 'must be text' };
      const problem = findRegularExpressionProblem(value);
      return problem === undefined ? undefined : { path, ...problem };
    }
    case 'have-patterns':
      return isList(value) ? undefined : { path, message: 'must be a list of patterns' };
    case 'gjson': {
      if (value === null || typeof value !== 'object' || isList(value))
        return { path, message: 'must be a mapping from paths to matchers' };
      for (const [key, matcher] of Object.entries(value)) {
        const mistake = findMatcherMistake(matcher, [...path, key]);
        if (mistake !== undefined) return mistake;
      }
      return undefined;
    }
    default: {
      const nearest = findNearest(name, MATCHERS);
      return {
        path,
        message: 'is no matcher of goss',
        hint:
          nearest === undefined
            ? `the matchers are ${MATCHERS.join(', ')}`
            : `did you mean ${quoteText(nearest)}?`,
      };
    }
  }
}
