// flags: -O2
// __builtin_trap() is ud2 (SIGILL) on amd64 and brk (SIGTRAP) on arm64.
#include <stdio.h>

int main(void) {
  puts("trapping");
  fflush(stdout);
  __builtin_trap();
}
