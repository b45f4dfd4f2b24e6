// flags: -O2
// QEMU 7.2 does not know MAP_FIXED_NOREPLACE and takes the address for a hint.
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>

int main(void) {
  void *first = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  void *second = mmap(first, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  puts("MAP_FIXED_NOREPLACE where there is a mapping");
  printf("mmap: %s\n", second == MAP_FAILED ? "refused" : "given");
  return 0;
}
