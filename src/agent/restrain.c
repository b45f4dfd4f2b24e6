/*
 * What keeps a case that takes all processes or all memory from taking the machine, where no cgroup is ours to
 * limit it with. Both are gone with the case.
 */
#define _GNU_SOURCE
#include "agent.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

/* A quarter of the pid_max that most machines have; an emulated process takes two. */
enum { PROCESSES = 8192 };

/*
 * Each PID namespace has a pid_max of its own since Linux 6.14 (pid_namespaces(7)). Before that it is the
 * machine's, which is none of our business.
 */
static int has_own_pid_max(void) {
  struct utsname name;
  int major, minor;
  if (uname(&name) < 0 || sscanf(name.release, "%d.%d", &major, &minor) != 2) return 0;
  return major > 6 || (major == 6 && minor >= 14);
}

static int read_number(const char *path) {
  char text[32] = {0};
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t got = read(fd, text, sizeof text - 1);
  close(fd);
  return got > 0 ? atoi(text) : -1;
}

void restrain_case(uint32_t flags) {
  static const char pid_max[] = "/proc/sys/kernel/pid_max";
  const uint32_t bounded = SPAWN_NEW_PID | SPAWN_BOUND_PROCESSES;
  char text[16];
  /* Who may not write these has the machine's own limits. */
  write_text("/proc/self/oom_score_adj", "1000");
  if ((flags & bounded) != bounded || !has_own_pid_max() || read_number(pid_max) <= PROCESSES) return;
  snprintf(text, sizeof text, "%d", PROCESSES);
  write_text(pid_max, text);
}
