import type { ProbeDefinition } from '../probe-definition.ts';

/** Rounding, exceptions, and values that an architecture chooses. */
export const FLOATING_POINT_PROBES: readonly ProbeDefinition[] = [
  {
    id: 'rounding-modes',
    title: 'fesetround',
    matters: 'interval arithmetic',
  },
  {
    id: 'exception-flags',
    title: 'floating-point exception flags',
    matters: 'numerical libraries test them',
  },
  {
    id: 'exception-traps',
    title: 'feenableexcept',
    matters: 'Fortran programs stop at the first NaN by it',
    varies: true,
  },
  {
    id: 'denormals',
    title: 'denormal numbers',
    matters: 'results near zero',
  },
  {
    id: 'fused-multiply-add',
    title: 'fma() rounds once',
    matters: 'numerical libraries',
  },
  {
    id: 'square-root',
    title: 'sqrt() is exact',
    matters: 'numerical libraries',
  },
  {
    id: 'default-nan',
    title: 'sign of the NaN of 0/0',
    matters: 'printed NaNs',
    varies: true,
  },
  {
    id: 'nan-payload',
    title: 'payload of a NaN',
    matters: 'JavaScript engines box values in NaNs',
    varies: true,
  },
  {
    id: 'float-to-int',
    title: '1e10 as int',
    matters: 'undefined in C, and different',
    varies: true,
  },
  {
    id: 'long-double',
    title: 'bits of long double',
    matters: 'formats and results of long double',
    varies: true,
  },
  {
    id: 'long-double-arithmetic',
    title: 'long double is computed with',
    matters: 'results of long double',
  },
  {
    id: 'integer-division-by-zero',
    title: 'integer division by zero',
    matters: 'programs that wait for SIGFPE',
    varies: true,
  },
];
