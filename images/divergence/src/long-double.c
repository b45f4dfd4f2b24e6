// flags: -O2
// long double: 80-bit x87 on amd64, 128-bit IEEE quad on arm64; both take 16 bytes.
#include <float.h>
#include <stdio.h>

int main(void) {
  volatile long double one = 1.0L, three = 3.0L;
  printf("sizeof: %zu\n", sizeof(long double));
  printf("LDBL_MANT_DIG: %d\n", LDBL_MANT_DIG);
  printf("1/3: %.36Lf\n", one / three);
  return 0;
}
