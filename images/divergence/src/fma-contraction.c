// flags: -O2
// gcc contracts a * b + c into one fmadd on arm64 (-ffp-contract=fast, ISO C F.6); baseline amd64 has no FMA.
#include <stdio.h>

int main(void) {
  volatile double a = 1.0 + 0x1p-27, c = -(1.0 + 0x1p-26);
  double x = a, z = c;
  puts("(1 + 2^-27)^2 - (1 + 2^-26)");
  printf("= %.17g\n", x * x + z);
  return 0;
}
