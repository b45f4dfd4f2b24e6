// flags: -O2
// vfork becomes a fork: the child's writes do not reach the parent, and there is nobody to wait for its exec.
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int written = 0;

int main(void) {
  pid_t child = vfork();
  if (child == 0) {
    written = 1;
    _exit(0);
  }
  waitpid(child, NULL, 0);
  puts("a vfork child writes to memory");
  printf("vfork: the parent sees %s\n", written ? "it" : "nothing");
  return 0;
}
