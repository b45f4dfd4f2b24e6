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

static int idle[MOST_IDLE];
static int idle_count;

/* What /proc says of a namespace: interfaces with their counters, and those of IP, ICMP, TCP and UDP. */
struct counters {
  char text[16384];
  size_t length;
};
/* Of a namespace in which nothing happened. */
static struct counters untouched;

/* What a visitor does in a namespace that the server itself could not leave again. */
struct visit {
  /* -1: a new one, whose descriptor this becomes. */
  int fd;
  struct counters *counters;
  int error;
};

static size_t read_whole(const char *path, char *text, size_t room) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  size_t length = 0;
  ssize_t got;
  while (length < room && (got = read(fd, text + length, room - length)) > 0) length += (size_t)got;
  close(fd);
  return length;
}

/* Nothing is known, and nothing is equal to it, when one of them cannot be read. */
static void read_counters(struct counters *counters) {
  size_t room = sizeof counters->text;
  size_t devices = read_whole("/proc/thread-self/net/dev", counters->text, room);
  size_t protocols = read_whole("/proc/thread-self/net/snmp", counters->text + devices, room - devices);
  counters->length = devices > 0 && protocols > 0 && devices + protocols < room ? devices + protocols : 0;
}

static int live_as_visitor(void *argument) {
  struct visit *visit = argument;
  if (visit->fd < 0) {
    visit->fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    if (visit->fd < 0) visit->error = errno;
  } else if (setns(visit->fd, CLONE_NEWNET) < 0) {
    visit->error = errno;
  }
  if (visit->error == 0 && visit->counters) read_counters(visit->counters);
  /* Not _exit: a sanitizer would look for the stack that it knows. */
  return 0;
}

/*
 * A child that shares our memory and descriptors, and is gone when this returns. We may not enter a
 * namespace ourselves: coming back to the machine's own takes privileges there.
 */
static int send_visitor(struct visit *visit) {
  static char stack[65536] __attribute__((aligned(16)));
  int flags = CLONE_VM | CLONE_VFORK | CLONE_FILES | (visit->fd < 0 ? CLONE_NEWNET : 0);
  pid_t pid = clone(live_as_visitor, stack + sizeof stack, flags | SIGCHLD, visit);
  if (pid < 0) return -1;
  while (waitpid(pid, NULL, __WALL) < 0 && errno == EINTR) {
  }
  errno = visit->error;
  return visit->error == 0 ? 0 : -1;
}

int take_network(struct failure *failure) {
  if (idle_count > 0) return idle[--idle_count];
  struct visit visit = {.fd = -1, .counters = untouched.length == 0 ? &untouched : NULL};
  if (send_visitor(&visit) < 0) return fail(failure, "make a network namespace");
  return visit.fd;
}

static int is_untouched(int fd) {
  static struct counters counters;
  struct visit visit = {.fd = fd, .counters = &counters};
  return untouched.length > 0 && send_visitor(&visit) == 0 && counters.length == untouched.length &&
         !memcmp(counters.text, untouched.text, counters.length);
}

void return_network(int fd) {
  if (idle_count < MOST_IDLE && is_untouched(fd)) idle[idle_count++] = fd;
  else close(fd);
}
