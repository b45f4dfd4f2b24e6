import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isCharSign,
  isLastBits,
  isLongDouble,
  isNanSign,
  isNumberPair,
  isPageSize,
  isSaturation,
  type WordPair,
} from '../../../../src/judge/knowledge/number-predicates.ts';

type Row = readonly [string, string, boolean];

/** Every predicate is symmetric, and false for equal words. */
function holdsFor(predicate: (pair: WordPair) => boolean, rows: readonly Row[]): void {
  test.each(rows)('%s against %s: %s', (left, right, holds) => {
    expect(predicate({ left, right })).toBe(holds);
    expect(predicate({ left: right, right: left })).toBe(holds);
    expect(predicate({ left, right: left })).toBe(false);
  });
}

describe('char signedness', () => {
  holdsFor(isCharSign, [
    ['-1', '255', true],
    ['-128', '128', true],
    ['ffffff80', '80', true],
    ['0xffffffff', '0xff', true],
    ['-129', '127', false],
    ['0', '256', false],
    ['-1', '254', false],
    ['ffffff80', '81', false],
    ['ffffff7f', '7f', false],
    ['a', 'b', false],
    ['-1.0', '255.0', false],
  ]);
});

describe('saturation', () => {
  holdsFor(isSaturation, [
    ['-2147483648', '2147483647', true],
    ['-9223372036854775808', '9223372036854775807', true],
    ['-2147483648', '0', true],
    ['2147483647', '0', false],
    ['-2147483647', '2147483647', false],
    ['-1', '0', false],
    ['-2147483648', '9223372036854775807', false],
  ]);
});

describe('page size', () => {
  holdsFor(isPageSize, [
    ['4096', '16384', true],
    ['65536', '4096', true],
    ['4096', '8192', false],
    ['4096', '4097', false],
  ]);
});

describe('NaN sign', () => {
  holdsFor(isNanSign, [
    ['-nan', 'nan', true],
    ['-NaN', 'NaN', true],
    ['-nan', '-inf', false],
    ['nan', '0', false],
    ['banana', '-banana', false],
  ]);
});

describe('last bits', () => {
  // The second to fifth are of real programs, gcc -O2 on amd64 and arm64.
  holdsFor(isLastBits, [
    ['0.30000000000000004', '0.3', true],
    ['-0.8869101238516065', '-0.88691012385160628', true],
    ['1.7347234759768071e-18', '9.0205620750793972e-19', true],
    ['0', '9.0205620750793972e-19', true],
    ['1', '1.0000000000000002', true],
    ['0.123457', '0.123456', false],
    ['1.5', '1.50', false],
    ['1000000000000001', '1000000000000002', false],
    ['1.2', '1.3', false],
    ['0', '0.001', false],
    ['1.2.3', '1.2.4', false],
    ['0.333333333333333333342368351437', '0.333333333333333333333333333333', false],
  ]);
});

describe('long double', () => {
  holdsFor(isLongDouble, [
    ['0.333333333333333333342368351437', '0.333333333333333333333333333333', true],
    ['0.300000000000000000010842', '0.3', true],
    ['1.00000000000000000000000013e+30', '1.00000000000000000000000017e+30', true],
    ['0.30000000000000004', '0.3', false],
    ['0.3', '0.30000000000000000000', false],
    ['1.000000000000000000001e5', '1.000000000000000000002e6', false],
    ['10000000000000000000000001', '10000000000000000000000002', false],
  ]);
});

test('numbers are read as decimal, octal and hex', () => {
  expect(isNumberPair({ left: '0200000', right: '040000' }, 65536, 16384)).toBe(true);
  expect(isNumberPair({ left: '0x4000', right: '65536' }, 65536, 16384)).toBe(true);
  expect(isNumberPair({ left: 'x', right: '65536' }, 65536, 16384)).toBe(false);
});

test('doubles one ulp apart differ in their last bits, doubles far apart do not', () => {
  const double = fc.double({ noNaN: true, noDefaultInfinity: true, min: 1e-10, max: 1e100 });
  fc.assert(
    fc.property(double, (value) => {
      const near = {
        left: value.toExponential(17),
        right: (value * (1 + 2 ** -52)).toExponential(17),
      };
      expect(near.left === near.right || isLastBits(near)).toBe(true);
      const far = { left: value.toExponential(17), right: (value * 1.000001).toExponential(17) };
      expect(isLastBits(far)).toBe(false);
    }),
  );
});
