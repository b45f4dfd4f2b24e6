// flags: -O2
// The C library learns of a failed exec through memory that a CLONE_VFORK child shares; under qemu-user it does not.
#define _GNU_SOURCE
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  pid_t child = 0;
  char *arguments[] = {"missing", NULL};
  puts("posix_spawn of a program that is not there");
  int error = posix_spawn(&child, "/nonexistent", NULL, NULL, arguments, environ);
  if (error != 0) {
    printf("posix_spawn: %s\n", strerror(error));
    return 0;
  }
  int status = 0;
  waitpid(child, &status, 0);
  printf("posix_spawn succeeds, the child exits with %d\n", WEXITSTATUS(status));
  return 0;
}
