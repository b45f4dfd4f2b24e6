// flags: -O2
// QEMU before 8.2 shows the host's /proc/cpuinfo.
#include <stdio.h>
#include <string.h>

#if defined(__aarch64__)
#define OWN "CPU implementer"
#else
#define OWN "vendor_id"
#endif

int main(void) {
  FILE *file = fopen("/proc/cpuinfo", "r");
  char line[8192];
  int own = 0;
  while (file != NULL && fgets(line, sizeof line, file) != NULL) own |= strncmp(line, OWN, strlen(OWN)) == 0;
  puts("/proc/cpuinfo");
  printf("describes a CPU of this architecture: %s\n", own ? "yes" : "no");
  return 0;
}
