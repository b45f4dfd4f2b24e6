// flags: -O2
// The signal frame holds the vector registers: arm64 needs a larger alternate stack.
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>

int main(void) {
  puts("compile-time sizes");
  printf("MINSIGSTKSZ %d\n", (int)MINSIGSTKSZ);
  printf("jmp_buf %zu\n", sizeof(jmp_buf));
  return 0;
}
