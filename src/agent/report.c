/* What an init tells the server: failures, exits, trees. */
#define _GNU_SOURCE
#include "tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <time.h>
#include <unistd.h>

enum { SHORTEST_READING_MS = 10000 };

void tell(uint8_t type, const void *payload, size_t length) {
  if (frame_write(CONTROL_FD, type, 0, payload, length) == 0) return;
  clear_descendants();
  _exit(70);
}

void tell_failure(const struct failure *failure) {
  uint8_t payload[FAILURE_SIZE];
  tell(FRAME_FAILED, payload, write_failure(payload, failure));
}

void tell_step_failed(uint8_t phase, size_t index, int status) {
  uint8_t payload[12];
  write_u32(payload, phase);
  write_u32(payload + 4, (uint32_t)index);
  write_u32(payload + 8, (uint32_t)status);
  tell(FRAME_STEP_FAILED, payload, sizeof payload);
}

/* The file that the kernel really executed: behind a binfmt handler the emulator. Zeros when not known. */
void tell_started(pid_t pid, uint32_t machine) {
  uint8_t payload[24] = {0};
  char path[64];
  struct stat executed;
  snprintf(path, sizeof path, "/proc/%d/exe", pid);
  write_u32(payload, (uint32_t)pid);
  if (pid > 1 && stat(path, &executed) == 0) {
    write_u64(payload + 4, (uint64_t)executed.st_dev);
    write_u64(payload + 12, (uint64_t)executed.st_ino);
  }
  write_u32(payload + 20, machine);
  tell(FRAME_STARTED, payload, sizeof payload);
}

void tell_exit(uint32_t iteration, const struct ending *ending) {
  const struct rusage *usage = &ending->usage;
  uint8_t payload[48];
  write_u32(payload, iteration);
  write_u32(payload + 4, (uint32_t)ending->status);
  write_u64(payload + 8, ending->wall_ns);
  write_u64(payload + 16, (uint64_t)usage->ru_utime.tv_sec * 1000000u + (uint64_t)usage->ru_utime.tv_usec);
  write_u64(payload + 24, (uint64_t)usage->ru_stime.tv_sec * 1000000u + (uint64_t)usage->ru_stime.tv_usec);
  write_u64(payload + 32, (uint64_t)usage->ru_maxrss);
  write_u64(payload + 40, (uint64_t)ending->timed_out);
  tell(FRAME_EXIT, payload, sizeof payload);
}

void tell_launcher(const struct ending *ending) {
  uint8_t payload[16];
  write_u64(payload, (uint32_t)ending->status);
  write_u64(payload + 8, (uint64_t)ending->timed_out);
  tell(FRAME_LAUNCHER, payload, sizeof payload);
}

static int send_frame(void *context, uint8_t type, const void *payload, size_t length) {
  (void)context;
  tell(type, payload, length);
  return 0;
}

/* A case that leaves much to read gets its deadline for that once more, and a short one some time at least. */
static struct reading reading_of(const struct spec *spec) {
  struct reading reading = {MAX_TREE_BYTES, 0};
  if (spec->deadline_ms == 0) return reading;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  uint64_t ms = spec->deadline_ms < SHORTEST_READING_MS ? SHORTEST_READING_MS : spec->deadline_ms;
  reading.until_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec + ms * 1000000u;
  return reading;
}

void tell_trees(const struct spec *spec) {
  struct reading reading = reading_of(spec);
  for (size_t i = 0; i < spec->trees.count; i++) {
    const char *path = spec->trees.items[i];
    walk_differences(path, memory_of(path), &reading, (uint32_t)i, send_frame, NULL);
    struct statfs space;
    if (statfs(spec->trees.items[i], &space) < 0) continue;
    uint8_t payload[24];
    write_u64(payload, i);
    write_u64(payload + 8, (uint64_t)space.f_bavail * (uint64_t)space.f_bsize);
    write_u64(payload + 16, (uint64_t)space.f_ffree);
    tell(FRAME_SPACE, payload, sizeof payload);
  }
}
