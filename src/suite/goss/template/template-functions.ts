import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { RE2JS } from 're2js';
import { findGroups, replaceMatches } from './match-text.ts';
import {
  isTemplateList,
  isTemplateMapping,
  isTrue,
  printValue,
  type TemplateMapping,
  type TemplateValue,
} from './template-value.ts';

/** What functions of a template may see of the machine. */
export interface TemplateContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where relative paths begin. */
  readonly directory: string;
}

export type TemplateFunction = (...args: readonly TemplateValue[]) => TemplateValue;

const text = (value: TemplateValue): string =>
  typeof value === 'string' ? value : printValue(value);
const number = (value: TemplateValue): number => {
  const read = typeof value === 'boolean' ? Number(value) : Number.parseFloat(text(value));
  return Number.isNaN(read) ? 0 : read;
};
const whole = (value: TemplateValue): number => Math.trunc(number(value));
const items = (value: TemplateValue): readonly TemplateValue[] =>
  isTemplateList(value) ? value : [];
const mapping = (value: TemplateValue): TemplateMapping => (isTemplateMapping(value) ? value : {});
const isSame = (a: TemplateValue, b: TemplateValue): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

function compare(a: TemplateValue, b: TemplateValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [text(a), text(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** text/template's own functions. `and` and `or` are evaluated where they stand, for they need not see all. */
const BUILT_IN: Readonly<Record<string, TemplateFunction>> = {
  not: (value) => !isTrue(value),
  eq: (value, ...others) => others.some((other) => isSame(value, other)),
  ne: (a, b) => !isSame(a, b),
  lt: (a, b) => compare(a, b) < 0,
  le: (a, b) => compare(a, b) <= 0,
  gt: (a, b) => compare(a, b) > 0,
  ge: (a, b) => compare(a, b) >= 0,
  len: (value) =>
    typeof value === 'string'
      ? Buffer.byteLength(value)
      : isTemplateList(value)
        ? value.length
        : Object.keys(mapping(value)).length,
  index: (value, ...keys) =>
    keys.reduce<TemplateValue>((at, key) => {
      if (isTemplateList(at)) {
        if (typeof key !== 'number' || key < 0 || key >= at.length)
          throw new RangeError(`index out of range: ${printValue(key)}`);
        return at[key];
      }
      return Object.hasOwn(mapping(at), text(key)) ? mapping(at)[text(key)] : undefined;
    }, value),
  slice: (value, from = 0, to) =>
    typeof value === 'string'
      ? value.slice(whole(from), to === undefined ? undefined : whole(to))
      : items(value).slice(whole(from), to === undefined ? undefined : whole(to)),
  // As fmt.Sprint: with a blank between two of which neither is text.
  print: (...values) =>
    values
      .map((value, at) => {
        const isApart = at > 0 && typeof value !== 'string' && typeof values[at - 1] !== 'string';
        return `${isApart ? ' ' : ''}${printValue(value)}`;
      })
      .join(''),
  println: (...values) => `${values.map(printValue).join(' ')}\n`,
  printf: (format, ...values) => formatText(text(format), values),
};

/** The verbs that templates use: `%s %v %d %q %t %f %x %%`, with flags and width. */
function formatText(format: string, values: readonly TemplateValue[]): string {
  let next = 0;
  return format.replaceAll(
    /%([-+0 ]*)(\d*)(?:\.(\d+))?([a-z%])/g,
    (_all, flags: string, width: string, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      const value = values[next];
      next += 1;
      const printed = formatValue(value, verb, precision);
      if (flags.includes('-')) return printed.padEnd(Number(width));
      const zero = flags.includes('0') && verb !== 's';
      if (!zero) return printed.padStart(Number(width));
      const sign = printed.startsWith('-') ? '-' : '';
      return sign + printed.slice(sign.length).padStart(Number(width) - sign.length, '0');
    },
  );
}

function formatValue(value: TemplateValue, verb: string, precision: string | undefined): string {
  switch (verb) {
    case 'q':
      return JSON.stringify(text(value));
    case 'd':
      return String(whole(value));
    case 'f':
      return number(value).toFixed(precision === undefined ? 6 : Number(precision));
    case 'x':
      return typeof value === 'number'
        ? value.toString(16)
        : Buffer.from(text(value)).toString('hex');
    default:
      return printValue(value);
  }
}

/** Those of Sprig's functions that test files use. Source: masterminds.github.io/sprig. */
const SPRIG: Readonly<Record<string, TemplateFunction>> = {
  upper: (value) => text(value).toUpperCase(),
  lower: (value) => text(value).toLowerCase(),
  title: (value) =>
    text(value).replaceAll(/(?<![\p{L}\p{N}_])\p{L}/gu, (letter) => letter.toUpperCase()),
  trim: (value) => text(value).trim(),
  trimPrefix: (prefix, value) =>
    text(value).startsWith(text(prefix)) ? text(value).slice(text(prefix).length) : text(value),
  trimSuffix: (suffix, value) =>
    text(value).endsWith(text(suffix)) && text(suffix) !== ''
      ? text(value).slice(0, -text(suffix).length)
      : text(value),
  trimAll: (cut, value) => {
    const characters = new Set(text(cut));
    const all = Array.from(text(value));
    const first = all.findIndex((character) => !characters.has(character));
    const last = all.findLastIndex((character) => !characters.has(character));
    return first === -1 ? '' : all.slice(first, last + 1).join('');
  },
  nospace: (value) => text(value).replaceAll(/\s/g, ''),
  trunc: (length, value) =>
    whole(length) < 0 ? text(value).slice(whole(length)) : text(value).slice(0, whole(length)),
  substr: (from, to, value) =>
    text(value).slice(Math.max(0, whole(from)), whole(to) < 0 ? undefined : whole(to)),
  repeat: (count, value) => text(value).repeat(Math.max(0, whole(count))),
  replace: (old, by, value) => text(value).replaceAll(text(old), () => text(by)),
  contains: (part, value) => text(value).includes(text(part)),
  hasPrefix: (prefix, value) => text(value).startsWith(text(prefix)),
  hasSuffix: (suffix, value) => text(value).endsWith(text(suffix)),
  quote: (...values) =>
    values
      .filter(isThere)
      .map((value) => JSON.stringify(text(value)))
      .join(' '),
  squote: (...values) =>
    values
      .filter(isThere)
      .map((value) => `'${text(value)}'`)
      .join(' '),
  cat: (...values) => values.filter(isThere).map(text).join(' '),
  indent: (count, value) => indentLines(whole(count), text(value)),
  nindent: (count, value) => `\n${indentLines(whole(count), text(value))}`,
  join: (separator, value) =>
    (isTemplateList(value) ? value : [value]).filter(isThere).map(text).join(text(separator)),
  splitList: (separator, value) => text(value).split(text(separator)),
  split: (separator, value) =>
    Object.fromEntries(
      text(value)
        .split(text(separator))
        .map((part, at) => [`_${at}`, part]),
    ),
  toString: text,
  toStrings: (value) => items(value).map(text),
  list: (...values) => values,
  tuple: (...values) => values,
  first: (value) => items(value)[0],
  last: (value) => items(value).at(-1),
  rest: (value) => items(value).slice(1),
  initial: (value) => items(value).slice(0, -1),
  append: (value, item) => [...items(value), item],
  prepend: (value, item) => [item, ...items(value)],
  concat: (...values) => values.flatMap(items),
  reverse: (value) => items(value).toReversed(),
  uniq: (value) =>
    items(value).filter((item, at, all) => all.findIndex((other) => isSame(item, other)) === at),
  compact: (value) => items(value).filter(isTrue),
  without: (value, ...out) =>
    items(value).filter((item) => !out.some((other) => isSame(item, other))),
  has: (item, value) => items(value).some((other) => isSame(item, other)),
  sortAlpha: (value) => items(value).map(text).toSorted(),
  until: (count) => listNumbers(0, whole(count), whole(count) < 0 ? -1 : 1),
  untilStep: (from, to, step) => listNumbers(whole(from), whole(to), whole(step)),
  dict: (...words) => pairUp(words),
  get: (value, key) => mapping(value)[text(key)] ?? '',
  // Changes the mapping itself: `$_ := set $d "k" "v"` is how it is called. A copy goes in, so that none holds itself.
  set: (value, key, item) =>
    Object.defineProperty(mapping(value), text(key), {
      ...{ value: structuredClone(item), configurable: true, enumerable: true, writable: true },
    }),
  hasKey: (value, key) => Object.hasOwn(mapping(value), text(key)),
  keys: (value) => Object.keys(mapping(value)).toSorted(),
  values: (value) => Object.values(mapping(value)),
  merge: (...values) => Object.assign({}, ...values.map(mapping).toReversed()) as TemplateMapping,
  default: (fallback, value) => (isTrue(value) ? value : fallback),
  empty: (value) => !isTrue(value),
  coalesce: (...values) => values.find(isTrue),
  ternary: (yes, no, condition) => (condition === true ? yes : no),
  fail: (message) => {
    throw new Error(text(message));
  },
  add: (...values) => values.reduce<number>((sum, value) => sum + whole(value), 0),
  add1: (value) => whole(value) + 1,
  sub: (a, b) => whole(a) - whole(b),
  mul: (...values) => values.reduce<number>((product, value) => product * whole(value), 1),
  div: (a, b) => Math.trunc(whole(a) / divisor(b)),
  mod: (a, b) => whole(a) % divisor(b),
  max: (...values) => Math.max(...values.map(whole)),
  min: (...values) => Math.min(...values.map(whole)),
  int: whole,
  int64: whole,
  float64: number,
  toJson: (value) => JSON.stringify(value ?? null),
  fromJson: (value) => JSON.parse(text(value)) as TemplateValue,
  b64enc: (value) => Buffer.from(text(value)).toString('base64'),
  b64dec: (value) => Buffer.from(text(value), 'base64').toString(),
  sha256sum: (value) => createHash('sha256').update(text(value)).digest('hex'),
  base: (value) => baseName(text(value)),
  dir: (value) => cleanPath(text(value).slice(0, text(value).lastIndexOf('/') + 1)),
  ext: (value) => /\.[^./]*$/.exec(text(value))?.[0] ?? '',
  clean: (value) => cleanPath(text(value)),
  isAbs: (value) => text(value).startsWith('/'),
  regexFind: (pattern, value) => {
    const matcher = RE2JS.compile(text(pattern)).matcher(text(value));
    return matcher.find() ? (matcher.group() ?? '') : '';
  },
  regexReplaceAll: (pattern, value, by) => replaceMatches(text(pattern), text(value), text(by)),
};

/** What to divide by. */
function divisor(value: TemplateValue): number {
  const by = whole(value);
  if (by === 0) throw new RangeError('integer divide by zero');
  return by;
}

/** As Go's path.Clean: without a slash at the end. */
function cleanPath(value: string): string {
  return path.posix.normalize(value).replace(/(?<=.)\/$/, '');
}

/** As Go's path.Base, which has a name for every path. */
function baseName(value: string): string {
  return path.posix.basename(value) || (value === '' ? '.' : '/');
}

function isThere(value: TemplateValue): boolean {
  return value !== null && value !== undefined;
}

function indentLines(count: number, value: string): string {
  const blanks = ' '.repeat(Math.max(0, count));
  return `${blanks}${value.replaceAll('\n', `\n${blanks}`)}`;
}

function listNumbers(from: number, to: number, step: number): number[] {
  if (step === 0) return [];
  const length = Math.max(0, Math.ceil((to - from) / step));
  return Array.from({ length }, (_, at) => from + at * step);
}

function pairUp(words: readonly TemplateValue[]): TemplateMapping {
  const pairs: [string, TemplateValue][] = [];
  for (let at = 0; at < words.length; at += 2) pairs.push([text(words[at]), words[at + 1] ?? '']);
  return Object.fromEntries(pairs);
}

/** All functions by name: goss's own take the place of Sprig's. Source: goss, template.go. */
export function templateFunctions(context: TemplateContext): ReadonlyMap<string, TemplateFunction> {
  const variable = (name: TemplateValue): string => context.environment[text(name)] ?? '';
  const own: Readonly<Record<string, TemplateFunction>> = {
    env: variable,
    expandenv: (value) =>
      text(value).replaceAll(/\$\{?(\w+)\}?/g, (_all, name: string) => variable(name)),
    getEnv: (name, fallback) => {
      const value = variable(name);
      return value === '' && fallback !== undefined ? fallback : value;
    },
    mkSlice: (...values) => values,
    readFile: (file) => readFileSync(path.resolve(context.directory, text(file)), 'utf8').trim(),
    regexMatch: (pattern, value) => RE2JS.compile(text(pattern)).matcher(text(value)).find(),
    toUpper: (value) => text(value).toUpperCase(),
    toLower: (value) => text(value).toLowerCase(),
    findStringSubmatch: (pattern, value) => findGroups(text(pattern), text(value)),
  };
  return new Map(Object.entries({ ...BUILT_IN, ...SPRIG, ...own }));
}
