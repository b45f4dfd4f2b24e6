// flags: -O2
// clone3 is not passed on; C libraries fall back to clone.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  uint64_t arguments[8] = {[4] = SIGCHLD};
  puts("a child of clone3");
  fflush(stdout);
  long child = syscall(SYS_clone3, arguments, sizeof arguments);
  if (child == 0) _exit(0);
  printf("clone3: %s\n", child < 0 ? strerror(errno) : "works");
  if (child > 0) waitpid((pid_t)child, NULL, 0);
  return 0;
}
