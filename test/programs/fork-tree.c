// fork-tree [COUNT [SECONDS]]: leaves COUNT (3) grandchildren that escaped by setsid and a double fork, ignore
// SIGTERM, keep stdout open and sleep SECONDS (3600); the first process exits at once: with 1 where
// not all can be had.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void sleep_on(unsigned seconds) {
  signal(SIGTERM, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  while (seconds > 0) seconds = sleep(seconds);
  _exit(0);
}

int main(int argc, char **argv) {
  int count = argc > 1 ? atoi(argv[1]) : 3;
  unsigned seconds = argc > 2 ? (unsigned)atoi(argv[2]) : 3600;
  for (int i = 0; i < count; i++) {
    pid_t child = fork();
    if (child < 0) return 1;
    if (child == 0) {
      setsid();
      pid_t grandchild = fork();
      if (grandchild == 0) sleep_on(seconds);
      _exit(grandchild < 0);
    }
    int status;
    if (waitpid(child, &status, 0) != child || status != 0) return 1;
  }
  printf("left %d behind\n", count);
  return 0;
}
