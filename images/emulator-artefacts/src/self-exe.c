// flags: -O2
// QEMU answers for /proc/self/exe itself, but not for other names of the same link: there the emulator shows.
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *target(const char *link) {
  static char path[4096];
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return "nothing";
  path[length] = '\0';
  return strcmp(path, "/usr/bin/self-exe") == 0 ? "this program" : "another program";
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "again") == 0) return puts("executed again: yes") < 0;
  printf("/proc/self/exe is %s\n", target("/proc/self/exe"));
  printf("/proc/thread-self/exe is %s\n", target("/proc/thread-self/exe"));
  fflush(stdout);
  // The emulator, started as itself, takes the word for a file to run.
  execl("/proc/thread-self/exe", argv[0], "again", NULL);
  perror("exec of /proc/thread-self/exe");
  return 1;
}
