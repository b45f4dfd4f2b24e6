/* Signals as something to poll. */
#include "agent.h"

#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>

int watch_signals(sigset_t *before, int flags) {
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGCHLD);
  sigaddset(&wanted, SIGTERM);
  sigaddset(&wanted, SIGINT);
  sigaddset(&wanted, SIGHUP);
  sigprocmask(SIG_BLOCK, &wanted, before);
  return signalfd(-1, &wanted, SFD_CLOEXEC | flags);
}
