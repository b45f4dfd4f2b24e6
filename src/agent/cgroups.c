/*
 * A cgroup (version 2) for each spawn, where the server was given a place for them: the guest of a microVM.
 * It holds the limits of memory and processes, and its counters say whose process the kernel ended for want
 * of memory (cgroup-v2.rst: memory.events counts any kind of OOM killer).
 */
#define _GNU_SOURCE
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *place;

int use_cgroups(const char *directory) {
  char path[256];
  snprintf(path, sizeof path, "%s/cgroup.subtree_control", directory);
  if (write_text(path, "+memory +pids") < 0) return -1;
  place = directory;
  /* Whoever is short of memory, it is not the server that has to go. */
  return write_text("/proc/self/oom_score_adj", "-1000");
}

int has_cgroups(void) { return place != NULL; }

static void path_of(const struct spawn *spawn, const char *file, char path[256]) {
  snprintf(path, 256, "%s/spawn-%u%s", place, spawn->id, file);
}

static int set_limit(const struct spawn *spawn, const char *file, uint64_t limit) {
  char path[256], text[32];
  path_of(spawn, file, path);
  snprintf(text, sizeof text, "%llu", (unsigned long long)limit);
  return write_text(path, text);
}

int make_cgroup(struct spawn *spawn, const struct spec *spec, struct failure *failure) {
  if (!place) {
    errno = ENOTSUP;
    return spec->memory_max || spec->pids_max ? fail(failure, "limit memory or processes") : 0;
  }
  char path[256];
  path_of(spawn, "", path);
  /* That of a peer that went. */
  rmdir(path);
  if (mkdir(path, 0755) < 0) return fail(failure, "make %s", path);
  spawn->has_cgroup = 1;
  if (spec->memory_max && set_limit(spawn, "/memory.max", spec->memory_max) < 0) return fail(failure, "limit the memory");
  if (spec->pids_max && set_limit(spawn, "/pids.max", spec->pids_max) < 0) return fail(failure, "limit the processes");
  return 0;
}

int enter_cgroup(const struct spawn *spawn) {
  if (!spawn->has_cgroup) return 0;
  char path[256];
  path_of(spawn, "/cgroup.procs", path);
  if (write_text(path, "0") < 0 || write_text("/proc/self/oom_score_adj", "0") < 0) return -1;
  /* It is `/` to those in it, as on other lanes. */
  return unshare(CLONE_NEWCGROUP);
}

/* The number after a name at the beginning of a line; 0 when there is none. */
static uint64_t read_count(const struct spawn *spawn, const char *file, const char *name) {
  char path[256], line[128];
  path_of(spawn, file, path);
  FILE *events = fopen(path, "re");
  uint64_t count = 0;
  size_t length = strlen(name);
  while (events && fgets(line, sizeof line, events))
    if (!strncmp(line, name, length) && line[length] == ' ') count = strtoull(line + length, NULL, 10);
  if (events) fclose(events);
  return count;
}

void end_cgroup(struct spawn *spawn) {
  if (!spawn->has_cgroup) return;
  uint64_t counts[] = {read_count(spawn, "/memory.events", "oom_kill"), read_count(spawn, "/memory.events", "oom"),
                       read_count(spawn, "/pids.events", "max")};
  char path[256];
  path_of(spawn, "", path);
  rmdir(path);
  spawn->has_cgroup = 0;
  if (!counts[0] && !counts[1] && !counts[2]) return;
  uint8_t payload[sizeof counts];
  for (size_t i = 0; i < 3; i++) write_u64(payload + 8 * i, counts[i]);
  peer_send(FRAME_SHORTAGE, spawn->id, payload, sizeof payload);
}
