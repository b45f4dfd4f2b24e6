/* Finding, signalling and ending every descendant of an init, whatever it did to escape. */
#define _GNU_SOURCE
#include "agent.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct process {
  pid_t pid, parent;
  int below;
};

/* All processes that /proc shows; the caller frees them. */
static struct process *list_processes(size_t *count) {
  struct process *processes = NULL;
  size_t capacity = 0;
  *count = 0;
  DIR *directory = opendir("/proc");
  if (!directory) return NULL;
  struct dirent *entry;
  while ((entry = readdir(directory))) {
    char *end, path[64], text[1024];
    long pid = strtol(entry->d_name, &end, 10);
    if (*end || pid <= 0) continue;
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) continue;
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    if (length <= 0) continue;
    text[length] = 0;
    /* `PID (NAME) STATE PARENT …`, and the name may hold anything (proc(5)). */
    char *name_end = strrchr(text, ')');
    if (!name_end || strlen(name_end) < 5) continue;
    pid_t parent = (pid_t)strtol(name_end + 4, NULL, 10);
    if (*count == capacity) {
      capacity = capacity ? 2 * capacity : 256;
      processes = realloc(processes, capacity * sizeof *processes);
      if (!processes) _exit(71);
    }
    processes[(*count)++] = (struct process){(pid_t)pid, parent, 0};
  }
  closedir(directory);
  return processes;
}

static int is_below(const struct process *processes, size_t count, pid_t pid) {
  for (size_t i = 0; i < count; i++)
    if (processes[i].pid == pid) return processes[i].below;
  return 0;
}

/* Signals what is below this process now and returns how many those are. */
static size_t signal_below(int signal_number) {
  size_t count, marked = 0, before;
  struct process *processes = list_processes(&count);
  pid_t self = getpid();
  do {
    before = marked;
    for (size_t i = 0; i < count; i++) {
      struct process *process = &processes[i];
      if (process->below || (process->parent != self && !is_below(processes, count, process->parent))) continue;
      process->below = 1;
      marked++;
    }
  } while (marked > before);
  for (size_t i = 0; i < count; i++)
    if (processes[i].below) kill(processes[i].pid, signal_number);
  free(processes);
  return marked;
}

void signal_descendants(int signal_number) {
  if (getpid() == 1) {
    kill(-1, signal_number);
    return;
  }
  /* Frozen first, so that what forks all the time does not outrun the killing. */
  if (signal_number == SIGKILL)
    for (size_t before = 0, now = signal_below(SIGSTOP), round = 0; now != before && round < 20; round++) {
      before = now;
      now = signal_below(SIGSTOP);
    }
  signal_below(signal_number);
}

void clear_descendants(void) {
  struct timespec moment = {0, 200000};
  for (;;) {
    pid_t reaped;
    do {
      reaped = waitpid(-1, NULL, WNOHANG | __WALL);
    } while (reaped > 0 || (reaped < 0 && errno == EINTR));
    if (reaped < 0) return;
    signal_descendants(SIGKILL);
    nanosleep(&moment, NULL);
    /* What we may not kill (a setuid program without a PID namespace) is waited for, without haste. */
    if (moment.tv_nsec < 50000000) moment.tv_nsec = moment.tv_nsec * 3 / 2;
  }
}
