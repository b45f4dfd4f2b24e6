// Area "floating point": rounding, exceptions, and values that an architecture chooses.
#include "probe.h"

#include <fenv.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>

// Read at run time, so that the compiler computes nothing.
static volatile double zero = 0.0, one = 1.0, three = 3.0, huge = 1e300, tiny = 0x1p-1060;

static uint64_t bits(double value) {
  uint64_t word;
  memcpy(&word, &value, sizeof word);
  return word;
}

void probe_rounding_modes(void) {
  uint64_t up, down;
  if (fesetround(FE_UPWARD) != 0) {
    answer("refused");
    return;
  }
  volatile double result = one / three;
  up = bits(result);
  fesetround(FE_DOWNWARD);
  result = one / three;
  down = bits(result);
  fesetround(FE_TONEAREST);
  answer("%s", up == down + 1 ? "honoured" : "ignored");
}

void probe_exception_flags(void) {
  feclearexcept(FE_ALL_EXCEPT);
  volatile double result = one / zero;
  int divide = fetestexcept(FE_DIVBYZERO);
  result = huge * huge;
  int overflow = fetestexcept(FE_OVERFLOW);
  result = one / three;
  int inexact = fetestexcept(FE_INEXACT);
  (void)result;
  answer("%s", divide != 0 && overflow != 0 && inexact != 0 ? "set" : "lost");
}

static sigjmp_buf back;

static void leave(int number) {
  (void)number;
  siglongjmp(back, 1);
}

void probe_exception_traps(void) {
  signal(SIGFPE, leave);
  if (feenableexcept(FE_DIVBYZERO) < 0) {
    answer("not supported");
    return;
  }
  if (sigsetjmp(back, 1) != 0) {
    answer("SIGFPE");
    return;
  }
  volatile double result = one / zero;
  (void)result;
  answer("enabled, no SIGFPE");
}

void probe_denormals(void) {
  volatile double result = tiny / 2;
  answer("%s", result == 0.0 ? "flushed to zero" : bits(result) == bits(0x1p-1061) ? "exact" : "wrong");
}

void probe_fused_multiply_add(void) {
  // The product has a bit that only an unrounded intermediate result keeps.
  volatile double a = 1.0 + 0x1p-30, minus = -(1.0 + 0x1p-29);
  answer("%s", fma(a, a, minus) == 0x1p-60 ? "one rounding" : "two roundings");
}

void probe_square_root(void) {
  volatile double two = 2.0;
  answer("%s", bits(sqrt(two)) == 0x3ff6a09e667f3bcdUL ? "exact" : "wrong");
}

void probe_default_nan(void) {
  volatile double result = zero / zero;
  answer("%s", signbit(result) ? "negative" : "positive");
}

void probe_nan_payload(void) {
  uint64_t words[2] = {0x7ff8000000000123UL, 0x7ff8000000000456UL};
  volatile double left, right;
  memcpy((void *)(uintptr_t)&left, &words[0], sizeof left);
  memcpy((void *)(uintptr_t)&right, &words[1], sizeof right);
  volatile double result = left + right;
  uint64_t payload = bits(result) & 0xfffUL;
  answer("%s", payload == 0x123 ? "of the first operand" : payload == 0x456 ? "of the second operand" : "lost");
}

void probe_float_to_int(void) {
  volatile double large = 1e10;
  volatile int result = (int)large;
  answer("%d", result);
}

void probe_long_double(void) { answer("%d bits", LDBL_MANT_DIG); }

void probe_long_double_arithmetic(void) {
  volatile long double third = 1.0L / 3.0L;
  volatile long double rest = 1.0L - third * 3.0L;
  answer("%s", rest >= -LDBL_EPSILON && rest <= LDBL_EPSILON && third != (long double)(1.0 / 3.0) ? "precise" : "imprecise");
}

void probe_integer_division_by_zero(void) {
  volatile int dividend = 5, divisor = 0;
  signal(SIGFPE, leave);
  if (sigsetjmp(back, 1) != 0) {
    answer("SIGFPE");
    return;
  }
  volatile int quotient = dividend / divisor;
  answer("%d", quotient);
}
