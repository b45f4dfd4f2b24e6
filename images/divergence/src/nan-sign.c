// flags: -O2
// The NaN that an invalid operation makes has its sign set on amd64 ("real indefinite") and clear on arm64.
#include <stdio.h>

int main(void) {
  volatile double zero = 0.0;
  puts("0.0 / 0.0");
  printf("= %f\n", zero / zero);
  return 0;
}
