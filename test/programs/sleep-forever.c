// Ignores SIGTERM, SIGINT and SIGHUP and sleeps: only SIGKILL ends it.
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
  signal(SIGTERM, SIG_IGN);
  signal(SIGINT, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  puts("sleeping");
  fflush(stdout);
  for (;;) pause();
}
