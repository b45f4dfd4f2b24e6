// flags: -O2
// Not the architecture: qemu-user has no ptrace, so debuggers and strace fail in the emulated lane only.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>

int main(void) {
  puts("PTRACE_TRACEME");
  long result = ptrace(PTRACE_TRACEME, 0, NULL, NULL);
  printf("ptrace: %s\n", result == 0 ? "works" : strerror(errno));
  return 0;
}
