// flags: -O2
// QEMU 7.2 accepts MADV_WIPEONFORK and does nothing: a child repeats the random numbers of its parent.
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  volatile char *secret = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  *secret = 1;
  int result = madvise((void *)secret, 4096, MADV_WIPEONFORK);
  printf("madvise says %d\n", result);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) _exit(*secret);
  int status = 0;
  waitpid(child, &status, 0);
  printf("a child sees the secret: %s\n", WEXITSTATUS(status) == 1 ? "yes" : "no");
  return 0;
}
