import { usageError } from '../../core/index.ts';

/** A name in commands (`{size}`) and what stands for it, one after the other. */
export interface Parameter {
  readonly key: string;
  readonly values: readonly string[];
}

/** One value for each parameter. */
export type Assignment = ReadonlyMap<string, string>;

const KEY = /^[A-Za-z_][\w-]*$/;
/** More steps are a slip of the finger. */
const MOST_VALUES = 1000;

function requireKey(key: string): string {
  if (KEY.test(key)) return key;
  throw usageError(
    'USAGE',
    `"${key}" cannot be the name of a parameter.`,
    'Use letters and digits.',
  );
}

/**
 * `-L`: `key=v1,v2`; `\,` is a comma of a value.
 * @throws ArchParityError `USAGE` (exit 2)
 */
export function readParameterList(text: string): Parameter {
  const at = text.indexOf('=');
  if (at < 0) throw usageError('USAGE', '-L takes a name and values.', 'Write -L size 1,2,4');
  const values = text
    .slice(at + 1)
    .split(/(?<!\\),/)
    .map((value) => value.replaceAll('\\,', ','));
  return { key: requireKey(text.slice(0, at)), values };
}

/**
 * `-P`: `key=min:max[:step]`, both ends included.
 * @throws ArchParityError `USAGE` (exit 2)
 */
export function readParameterScan(text: string): Parameter {
  const [, key = '', range = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const words = range.split(':');
  const [from, to, step = 1] = words.map((word) =>
    word.trim() === '' ? Number.NaN : Number(word),
  );
  const isRange =
    words.length <= 3 &&
    from !== undefined &&
    to !== undefined &&
    [from, to, step].every(Number.isFinite) &&
    step > 0 &&
    from <= to;
  if (!isRange)
    throw usageError(
      'USAGE',
      `-P takes a name, a minimum, a maximum and a step, not "${text}".`,
      'Write -P threads 1 8 1',
    );
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (count > MOST_VALUES)
    throw usageError('USAGE', `-P ${key} has ${count} values.`, 'Choose a larger step.');
  // Sums of 0.1 are no tenths: as many decimals as were written.
  const decimals = Math.max(...words.map((word) => (word.split('.')[1] ?? '').length));
  const values = Array.from({ length: count }, (_, at) => (from + at * step).toFixed(decimals));
  return { key: requireKey(key), values };
}

/** Every combination of values, the last parameter changing fastest; one empty one without parameters. */
export function combineParameters(parameters: readonly Parameter[]): Assignment[] {
  const keys = new Set<string>();
  for (const { key } of parameters) {
    if (keys.has(key)) throw usageError('USAGE', `The parameter "${key}" is given twice.`);
    keys.add(key);
  }
  let all: Assignment[] = [new Map()];
  for (const { key, values } of parameters)
    all = all.flatMap((so) => values.map((value) => new Map([...so, [key, value]])));
  return all;
}

/** A text with `{key}` replaced. */
export function substitute(text: string, values: Assignment): string {
  return text.replace(/\{([\w-]+)\}/g, (whole, key: string) => values.get(key) ?? whole);
}
