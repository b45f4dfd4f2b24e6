// flags: -O2
// A program in memory has no path that a binfmt handler could be given; QEMU 7.2 has no execveat at all.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "inner") == 0) return puts("memfd: runs") < 0;
  puts("a program in a memfd");
  fflush(stdout);
  int memory = memfd_create("program", MFD_CLOEXEC), file = open("/usr/bin/memory-exec", O_RDONLY);
  static char buffer[65536];
  for (ssize_t got; (got = read(file, buffer, sizeof buffer)) > 0;)
    if (write(memory, buffer, (size_t)got) != got) return 1;
  syscall(SYS_execveat, memory, "", (char *[]){"memory-exec", "inner", NULL}, environ, AT_EMPTY_PATH);
  puts("memfd: does not run");
  return 0;
}
