/*
 * Network namespaces of spawns, used again: making and taking down one costs more than all the rest of a
 * short case. A namespace in which nothing happened is as good as a new one: every process of its spawn is
 * gone (its PID namespace is), nobody in it may change its settings (no CAP_NET_ADMIN, /proc/sys is
 * read-only), and its counters are those of a new one, so no packet went through it and no socket can be
 * left in TIME_WAIT.
 */
#define _GNU_SOURCE
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* More idle ones are never needed than spawns run at once. */
#define MOST_IDLE 16

static struct network idle[MOST_IDLE];
static int idle_count;

/* What /proc says of a namespace: interfaces with their counters, and those of IP, ICMP, TCP and UDP. */
static const char *const COUNTERS[COUNTER_FILES] = {"/proc/thread-self/net/dev", "/proc/thread-self/net/snmp"};

struct counters {
  char text[16384];
  size_t length;
};
/* Of a namespace in which nothing happened. */
static struct counters untouched;

static void close_network(struct network *network) {
  close(network->ns);
  for (int i = 0; i < COUNTER_FILES; i++)
    if (network->counters[i] >= 0) close(network->counters[i]);
  network->ns = -1;
}

/* Nothing is known, and nothing is equal to it, when one of them cannot be read. */
static void read_counters(const struct network *network, struct counters *counters) {
  counters->length = 0;
  for (int i = 0; i < COUNTER_FILES; i++) {
    ssize_t got;
    off_t offset = 0;
    while ((got = pread(network->counters[i], counters->text + counters->length,
                        sizeof counters->text - counters->length, offset)) > 0) {
      offset += got;
      counters->length += (size_t)got;
    }
    if (got < 0 || offset == 0 || counters->length == sizeof counters->text) {
      counters->length = 0;
      return;
    }
  }
}

struct visit {
  struct network *network;
  int error;
};

/* A file of /proc/net stays that of the namespace in which it was opened, wherever it is read. */
static int live_as_visitor(void *argument) {
  struct visit *visit = argument;
  struct network *network = visit->network;
  network->ns = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  if (network->ns < 0) visit->error = errno;
  for (int i = 0; i < COUNTER_FILES; i++) network->counters[i] = open(COUNTERS[i], O_RDONLY | O_CLOEXEC);
  /* Not _exit: a sanitizer would look for the stack that it knows. */
  return 0;
}

/*
 * By a child that shares our memory and descriptors, and is gone when this returns. We may not enter a
 * namespace ourselves: coming back to the machine's own takes privileges there.
 */
static int make_network(struct network *network) {
  static char stack[65536] __attribute__((aligned(16)));
  struct visit visit = {network, 0};
  int flags = CLONE_VM | CLONE_VFORK | CLONE_FILES | CLONE_NEWNET | SIGCHLD;
  pid_t pid = clone(live_as_visitor, stack + sizeof stack, flags, &visit);
  if (pid < 0) return -1;
  while (waitpid(pid, NULL, __WALL) < 0 && errno == EINTR) {
  }
  if (visit.error == 0) return 0;
  close_network(network);
  errno = visit.error;
  return -1;
}

int take_network(struct network *network, struct failure *failure) {
  if (idle_count > 0) {
    *network = idle[--idle_count];
    return 0;
  }
  if (make_network(network) < 0) return fail(failure, "make a network namespace");
  if (untouched.length == 0) read_counters(network, &untouched);
  return 0;
}

static int is_untouched(const struct network *network) {
  static struct counters counters;
  read_counters(network, &counters);
  return counters.length > 0 && counters.length == untouched.length &&
         !memcmp(counters.text, untouched.text, counters.length);
}

void return_network(struct network *network, int may_be_used_again) {
  if (network->ns < 0) return;
  if (may_be_used_again && idle_count < MOST_IDLE && is_untouched(network)) {
    idle[idle_count++] = *network;
    network->ns = -1;
  } else {
    close_network(network);
  }
}
