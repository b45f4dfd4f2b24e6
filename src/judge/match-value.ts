import type { FactValue } from '../core/index.ts';
import { matchAll } from './match-all.ts';
import { queryJson } from './query-json.ts';
import { findPattern } from './re2-pattern.ts';
import { satisfiesVersions } from './version-range.ts';

/** A matcher that cannot be applied to a value: neither it nor its negation holds. */
export class MatchError extends Error {
  override readonly name = 'MatchError';
}

type Mapping = Readonly<Record<string, FactValue>>;

/**
 * Whether a value fits a matcher of goss: a value (equal, after its kind), a list (all of it is contained), or a
 * mapping with one matcher in it. Of text, lists are patterns that its lines must have.
 * Source: goss, resource/gomega.go and matchers/.
 * @throws MatchError where the matcher is for other kinds of values
 */
export function matchValue(
  actual: FactValue,
  matcher: FactValue,
  { isText = false }: { readonly isText?: boolean } = {},
): boolean {
  if (typeof matcher === 'string') return toText(actual) === matcher;
  if (typeof matcher === 'number') return toNumber(actual) === matcher;
  if (typeof matcher === 'boolean') return actual === matcher;
  if (matcher === null) return false;
  if (isList(matcher)) {
    if (isText) return hasPatterns(toText(actual), matcher);
    return matchAll(requireList(actual), matcher, matches);
  }
  const [entry, ...others] = Object.entries(matcher);
  if (entry === undefined || others.length > 0) throw new MatchError('needs one matcher');
  return applyMatcher(actual, entry[0], entry[1]);
}

function matches(actual: FactValue, matcher: FactValue): boolean {
  try {
    return matchValue(actual, matcher);
  } catch (error) {
    if (error instanceof MatchError) return false;
    throw error;
  }
}

function applyMatcher(actual: FactValue, name: string, value: FactValue): boolean {
  switch (name) {
    case 'equal':
      return isSame(actual, value);
    case 'have-prefix':
      return toText(actual).startsWith(toText(value));
    case 'have-suffix':
      return toText(actual).endsWith(toText(value));
    case 'match-regexp':
      return findPattern(toText(value), toText(actual)) !== undefined;
    case 'contain-substring':
      return toText(actual).includes(toText(value));
    case 'gt':
      return toNumber(actual) > toNumber(value);
    case 'ge':
      return toNumber(actual) >= toNumber(value);
    case 'lt':
      return toNumber(actual) < toNumber(value);
    case 'le':
      return toNumber(actual) <= toNumber(value);
    case 'have-len':
      return lengthOf(actual) === toNumber(value);
    case 'have-key':
      return Object.keys(requireMapping(actual)).some((key) => matches(key, value));
    case 'have-patterns':
      return hasPatterns(toText(actual), requireList(value));
    case 'contain-element':
      return toList(actual).some((element) => matches(element, value));
    case 'contain-elements':
      return matchAll(toList(actual), requireList(value), matches);
    case 'consist-of': {
      const elements = toList(actual);
      const wanted = requireList(value);
      return elements.length === wanted.length && matchAll(elements, wanted, matches);
    }
    case 'not':
      return !matchValue(actual, value);
    case 'and':
      return requireList(value).every((matcher) => matchValue(actual, matcher));
    case 'or':
      return requireList(value).some((matcher) => matches(actual, matcher));
    case 'semver-constraint':
      return satisfiesVersions(
        isList(actual) ? actual.map(toText) : [toText(actual)],
        toText(value),
      );
    case 'gjson':
      return Object.entries(requireMapping(value)).every(([path, matcher]) => {
        const found = queryJson(toText(actual), path);
        if (found === undefined) throw new MatchError(`has no ${path}`);
        return matchValue(found, matcher);
      });
    default:
      throw new MatchError(`there is no matcher "${name}"`);
  }
}

/** Patterns of lines: `foo` (a part), `!foo` (in no line), `/re/`, `!/re/`, `\!foo` (the character itself). */
function hasPatterns(text: string, patterns: readonly FactValue[]): boolean {
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  return patterns.every((written) => {
    const pattern = toText(written);
    const isInverse = pattern.startsWith('!');
    const isExpression = /^!?\/.*\/$/s.test(pattern);
    const wanted = isExpression
      ? pattern.replace(/^!?\//, '').slice(0, -1)
      : pattern.replace(/^[\\/!]+/, '');
    const isThere = lines.some((line) =>
      isExpression ? findPattern(wanted, line) !== undefined : line.includes(wanted),
    );
    return isThere !== isInverse;
  });
}

function isList(value: FactValue): value is readonly FactValue[] {
  return Array.isArray(value);
}

function isMapping(value: FactValue): value is Mapping {
  return typeof value === 'object' && value !== null && !isList(value);
}

function requireList(value: FactValue): readonly FactValue[] {
  if (isList(value)) return value;
  throw new MatchError('is for lists');
}

function requireMapping(value: FactValue): Mapping {
  if (isMapping(value)) return value;
  throw new MatchError('is for mappings');
}

/** Text is its lines. */
function toList(value: FactValue): readonly FactValue[] {
  return typeof value === 'string' ? value.split('\n') : requireList(value);
}

/** A list is its elements in lines. */
function toText(value: FactValue): string {
  if (isList(value)) return value.map(toText).join('\n');
  return isMapping(value) ? JSON.stringify(value) : String(value);
}

function toNumber(value: FactValue): number {
  const text = toText(value).trim();
  const number = text === '' ? Number.NaN : Number(text);
  if (Number.isNaN(number)) throw new MatchError('is no number');
  return number;
}

function lengthOf(value: FactValue): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (isList(value)) return value.length;
  return Object.keys(requireMapping(value)).length;
}

function isSame(left: FactValue, right: FactValue): boolean {
  if (isList(left) && isList(right))
    return (
      left.length === right.length && left.every((item, at) => isSame(item, right[at] ?? null))
    );
  if (isMapping(left) && isMapping(right)) {
    const keys = Object.keys(left);
    return (
      keys.length === Object.keys(right).length &&
      keys.every(
        (key) => Object.hasOwn(right, key) && isSame(left[key] ?? null, right[key] ?? null),
      )
    );
  }
  return left === right;
}
