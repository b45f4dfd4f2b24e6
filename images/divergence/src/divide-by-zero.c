// flags: -O2
// Integer division by zero: #DE, so SIGFPE, on amd64; sdiv gives 0 on arm64.
#include <stdio.h>

int main(void) {
  volatile int zero = 0;
  puts("7 / 0");
  fflush(stdout);
  volatile int quotient = 7 / zero;
  return quotient;
}
