// flags: -O2
// INT_MIN / -1: #DE, so SIGFPE, on amd64; sdiv wraps to INT_MIN on arm64.
#include <limits.h>
#include <stdio.h>

int main(void) {
  volatile int least = INT_MIN, minus_one = -1;
  puts("INT_MIN / -1");
  fflush(stdout);
  volatile int quotient = least / minus_one;
  return quotient == INT_MIN ? 0 : 1;
}
