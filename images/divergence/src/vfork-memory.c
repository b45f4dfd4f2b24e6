// flags: -O2
// Not the architecture: qemu-user makes vfork a fork, so the child's writes do not reach the parent.
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int shared = 0;

int main(void) {
  pid_t child = vfork();
  if (child == 0) {
    shared = 1;
    _exit(0);
  }
  waitpid(child, NULL, 0);
  puts("a write in a vfork child");
  printf("seen by the parent: %s\n", shared ? "yes" : "no");
  return 0;
}
