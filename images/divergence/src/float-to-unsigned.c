// flags: -O2
// A negative double to unsigned: amd64 truncates a 64-bit conversion, so it wraps; fcvtzu saturates at 0.
#include <stdio.h>

int main(void) {
  volatile double negative = -1.0;
  puts("negative double to unsigned");
  printf("-1.0 as unsigned: %u\n", (unsigned)negative);
  return 0;
}
