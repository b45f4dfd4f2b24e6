// Dies by SIGSEGV after one line.
#include <stdio.h>

int main(void) {
  puts("about to write through a null pointer");
  fflush(stdout);
  *(volatile int *)0 = 1;
  return 0;
}
