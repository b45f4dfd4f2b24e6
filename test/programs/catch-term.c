// Waits for SIGTERM, says so, and exits with 7: a subject that stops politely.
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static volatile sig_atomic_t stopped = 0;

static void stop(int signal) {
  (void)signal;
  stopped = 1;
}

int main(void) {
  struct sigaction action = {.sa_handler = stop};
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigprocmask(SIG_BLOCK, &blocked, &before);
  sigaction(SIGTERM, &action, NULL);
  puts("ready");
  fflush(stdout);
  while (!stopped) sigsuspend(&before);
  puts("stopped by SIGTERM");
  return 7;
}
