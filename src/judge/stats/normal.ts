const TINY = 1e-300;
/** Up to here the series needs few terms; beyond, the continued fraction does. */
const SERIES_UNTIL = 2.5;

/** erf by its series (Abramowitz and Stegun 7.1.6), for small arguments. */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-17; n += 1) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** erfc by its continued fraction (Abramowitz and Stegun 7.1.14), evaluated as Lentz does. */
function erfcFraction(x: number): number {
  let value = x;
  let c = x;
  let d = 0;
  for (let n = 1; n < 500; n += 1) {
    const a = n / 2;
    d = 1 / (x + a * d || TINY);
    c = x + a / c;
    const change = c * d;
    value *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * value);
}

/** How likely a standard normal value is farther from 0 than `z`, on either side. */
export function twoSidedNormal(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  return x < SERIES_UNTIL ? 1 - erfSeries(x) : erfcFraction(x);
}
