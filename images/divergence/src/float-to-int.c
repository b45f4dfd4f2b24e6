// flags: -O2
// Out of range: cvttsd2si gives the "integer indefinite" value, fcvtzs saturates and turns NaN into 0.
#include <stdio.h>

int main(void) {
  volatile double big = 1e10, nan = 0.0;
  nan = nan / nan;
  puts("double to integer, out of range");
  printf("1e10 as int: %d\n", (int)big);
  printf("NaN as int: %d\n", (int)nan);
  return 0;
}
