// Prints what a process inherits: working directory, ids, umask, open descriptors, environment (sorted).
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

static int by_text(const void *left, const void *right) {
  return strcmp(*(char *const *)left, *(char *const *)right);
}

int main(void) {
  char cwd[4096] = "?";
  size_t count = 0;
  printf("cwd %s\n", getcwd(cwd, sizeof cwd) ? cwd : "?");
  printf("uid %d euid %d gid %d egid %d\n", getuid(), geteuid(), getgid(), getegid());
  printf("umask %04o\n", umask(0));
  for (int fd = 0; fd < 64; fd++) {
    if (fcntl(fd, F_GETFD) != -1) printf("fd %d\n", fd);
  }
  while (environ[count] != NULL) count++;
  qsort(environ, count, sizeof *environ, by_text);
  for (size_t i = 0; i < count; i++) printf("env %s\n", environ[i]);
  return 0;
}
