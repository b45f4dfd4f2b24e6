import { firstDifference } from '../visible-text.ts';

/** Two words in corresponding places. Every predicate here is symmetric. */
export interface WordPair {
  readonly left: string;
  readonly right: string;
}

const INTEGER = /^[+-]?\d{1,20}$/;
const DECIMAL = /^[+-]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?$/;

/** The pair as integers when both are written as such. */
function integers({ left, right }: WordPair): readonly [bigint, bigint] | undefined {
  if (!INTEGER.test(left) || !INTEGER.test(right)) return undefined;
  return [BigInt(left.replace('+', '')), BigInt(right.replace('+', ''))];
}

function isPairOf<T>(pair: readonly [T, T], a: T, b: T): boolean {
  return (pair[0] === a && pair[1] === b) || (pair[0] === b && pair[1] === a);
}

/** The same byte read as signed and as unsigned `char`: −1 and 255, `ffffff80` and `80`. */
export function isCharSign(pair: WordPair): boolean {
  const values = integers(pair);
  if (values !== undefined) {
    const [low, high] = values[0] < values[1] ? values : [values[1], values[0]];
    return high - low === 256n && low < 0n && low >= -128n;
  }
  const [short, long] = [pair.left, pair.right].sort((a, b) => a.length - b.length);
  const extended = /^(0x)?ffffff([89a-f][0-9a-f])$/i.exec(long ?? '');
  return extended !== null && short === `${extended[1] ?? ''}${extended[2] ?? ''}`;
}

const INT_LIMITS = [
  { lowest: -(2n ** 31n), highest: 2n ** 31n - 1n },
  { lowest: -(2n ** 63n), highest: 2n ** 63n - 1n },
] as const;

/** A float out of range made an integer: x86 gives the lowest one, arm64 saturates (NaN gives 0). */
export function isSaturation(pair: WordPair): boolean {
  const values = integers(pair);
  if (values === undefined) return false;
  return INT_LIMITS.some(
    ({ lowest, highest }) => isPairOf(values, lowest, highest) || isPairOf(values, lowest, 0n),
  );
}

/** Two of the page sizes that arm64 kernels have: 4, 16 and 64 KiB. */
export function isPageSize({ left, right }: WordPair): boolean {
  const sizes = ['4096', '16384', '65536'];
  return left !== right && sizes.includes(left) && sizes.includes(right);
}

/** `nan` against `-nan`, in any spelling of C libraries. */
export function isNanSign({ left, right }: WordPair): boolean {
  const nan = /^-?nan$/i;
  return nan.test(left) && nan.test(right) && left.startsWith('-') !== right.startsWith('-');
}

/** Digits that a double carries for certain (DBL_DIG is 15); last-bit differences begin behind them. */
const DOUBLE_DIGITS = 13;
/** More equal digits than a double has: both were computed in something wider. */
const LONG_DOUBLE_DIGITS = 18;
const ROUNDING_RESIDUE = 1e-15;

/** Floating-point numbers that are equal but for the last bits, or are both residues of rounding. */
export function isLastBits(pair: WordPair): boolean {
  if (!areDecimals(pair)) return false;
  const [a, b] = [Number(pair.left), Number(pair.right)];
  if (a === b || !Number.isFinite(a) || !Number.isFinite(b)) return false;
  // Where terms cancel, nothing but the residue of rounding is left on either side.
  if (Math.max(Math.abs(a), Math.abs(b)) < ROUNDING_RESIDUE) return true;
  const relative = Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
  return relative <= 10 ** -DOUBLE_DIGITS && sharedDigits(pair) < LONG_DOUBLE_DIGITS;
}

/** Numbers that agree in more digits than a double has: `long double` of 80 against 128 bits. */
export function isLongDouble(pair: WordPair): boolean {
  const isSameSign = pair.left.startsWith('-') === pair.right.startsWith('-');
  return areDecimals(pair) && isSameSign && sharedDigits(pair) >= LONG_DOUBLE_DIGITS;
}

/** Whether both are integers, whatever they are. */
export function areIntegers(pair: WordPair): boolean {
  return integers(pair) !== undefined;
}

/** Whether the pair is these two numbers, in any order; octal (`0200000`) and hex are read too. */
export function isNumberPair(pair: WordPair, a: number, b: number): boolean {
  return isPairOf([readInteger(pair.left), readInteger(pair.right)], a, b);
}

function readInteger(word: string): number | undefined {
  if (/^0x[0-9a-f]{1,12}$/i.test(word)) return Number.parseInt(word, 16);
  if (/^0[0-7]{1,12}$/.test(word)) return Number.parseInt(word, 8);
  return /^-?\d{1,15}$/.test(word) ? Number(word) : undefined;
}

/** Whether a pair is of floating-point numbers: two integers are exact and have no last bits. */
function areDecimals({ left, right }: WordPair): boolean {
  return DECIMAL.test(left) && DECIMAL.test(right) && /[.eE]/.test(left + right);
}

/** Significant digits that two decimals share before the first different one. */
function sharedDigits({ left, right }: WordPair): number {
  const [a, b] = [significantDigits(left), significantDigits(right)];
  if (a === undefined || a.exponent !== b?.exponent) return 0;
  // %g drops trailing zeros: what one side does not print is zero.
  const longer = Math.max(a.digits.length, b.digits.length);
  const [leftDigits, rightDigits] = [a.digits.padEnd(longer, '0'), b.digits.padEnd(longer, '0')];
  const count = firstDifference(leftDigits, rightDigits);
  return count === longer ? 0 : count;
}

function significantDigits(
  word: string,
): { readonly digits: string; readonly exponent: number } | undefined {
  const [mantissa = '', exponent = '0'] = word.replace(/^[+-]/, '').toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const all = whole + fraction;
  const digits = all.replace(/^0+/, '');
  if (digits === '') return undefined;
  return { digits, exponent: Number(exponent) + whole.length - (all.length - digits.length) };
}
