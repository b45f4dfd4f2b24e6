// flags: -O2
// io_uring is not passed on.
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
  char parameters[120] = {0};
  puts("a ring of four entries");
  long ring = syscall(SYS_io_uring_setup, 4, parameters);
  printf("io_uring_setup: %s\n", ring < 0 ? strerror(errno) : "works");
  return 0;
}
