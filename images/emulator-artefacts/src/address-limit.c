// flags: -O2
// QEMU ignores RLIMIT_AS: it would limit the emulator itself.
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>

int main(void) {
  struct rlimit limit = {256UL << 20, 256UL << 20};
  setrlimit(RLIMIT_AS, &limit);
  puts("512 MiB with RLIMIT_AS at 256 MiB");
  void *area = mmap(NULL, 512UL << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  printf("mmap: %s\n", area == MAP_FAILED ? "refused" : "given");
  return 0;
}
