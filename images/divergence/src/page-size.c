// flags: -O2
// Real arm64 kernels have pages of 4, 16 or 64 KiB. Under qemu-user on amd64 the guest sees the host's 4096,
// so this one matches there: only a lane with a real arm64 kernel can show it.
#include <stdio.h>
#include <unistd.h>

int main(void) {
  printf("page size: %ld\n", sysconf(_SC_PAGESIZE));
  return 0;
}
