// flags: -O2
// glibc knows all caches from cpuid on amd64; on arm64 it can read the line size of the first level (CTR_EL0)
// and nothing else.
#include <stdio.h>
#include <unistd.h>

int main(void) {
  puts("what sysconf knows");
  printf("cache line of level 2: %ld\n", sysconf(_SC_LEVEL2_CACHE_LINESIZE));
  return 0;
}
