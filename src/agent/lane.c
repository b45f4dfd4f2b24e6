/*
 * Enters the namespaces of a lane: `archparity-agent lane [--uid-map I:O:N]… [--gid-map I:O:N]…
 * [--newuidmap PATH --newgidmap PATH]`. The process that node started stays outside, writes the maps
 * and waits; the agent inside is PID 1 of the lane and dies with it (PR_SET_PDEATHSIG).
 */
#define _GNU_SOURCE
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_MAPS 8

struct id_map {
  const char *items[MAX_MAPS];
  int count;
  const char *file, *tool;
};

static int report(const struct failure *failure) {
  uint8_t payload[FAILURE_SIZE];
  frame_write(STDOUT_FILENO, FRAME_FAILED, 0, payload, write_failure(payload, failure));
  return 71;
}

/* `I:O:N` words into the lines that the kernel wants. */
static void map_text(const struct id_map *map, char separator, char *text, size_t size) {
  text[0] = 0;
  for (int i = 0; i < map->count; i++) {
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%s", map->items[i], i + 1 < map->count ? "\n" : "");
  }
  for (char *at = text; *at; at++)
    if (*at == ':' || (separator == 0 && *at == '\n')) *at = ' ';
}

static int write_map_directly(pid_t pid, const struct id_map *map, struct failure *failure) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "/proc/%d/%s", pid, map->file);
  map_text(map, '\n', text, sizeof text);
  return write_text(path, text) < 0 ? fail(failure, "write %s", map->file) : 0;
}

static int write_map_by_tool(pid_t pid, const struct id_map *map, struct failure *failure) {
  char *words[2 + 3 * MAX_MAPS + 1], number[16], text[1024];
  snprintf(number, sizeof number, "%d", pid);
  map_text(map, 0, text, sizeof text);
  int count = 0;
  words[count++] = (char *)map->tool;
  words[count++] = number;
  for (char *word = strtok(text, " "); word && count < 2 + 3 * MAX_MAPS; word = strtok(NULL, " ")) words[count++] = word;
  words[count] = NULL;
  pid_t child = fork();
  if (child < 0) return fail(failure, "fork");
  if (child == 0) {
    dup2(STDERR_FILENO, STDOUT_FILENO);
    execv(map->tool, words);
    _exit(127);
  }
  int status;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (status == 0) return 0;
  errno = EPERM;
  return fail(failure, "%s", map->tool);
}

static int write_map(pid_t pid, const struct id_map *map, struct failure *failure) {
  return map->tool ? write_map_by_tool(pid, map, failure) : write_map_directly(pid, map, failure);
}

static int deny_setgroups(pid_t pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/setgroups", pid);
  return write_text(path, "deny");
}

static void live_inside(int go, struct failure *failure) {
  char byte;
  if (read(go, &byte, 1) != 1) _exit(0);
  close(go);
  if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0) {
    fail(failure, "become root in the namespace");
  } else if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) {
    fail(failure, "set the parent-death signal");
  } else if (prctl(PR_SET_DUMPABLE, 1) < 0) {
    fail(failure, "stay dumpable");
  } else if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
    fail(failure, "make the mounts private");
  } else if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0) {
    fail(failure, "mount /proc");
  } else {
    serve();
  }
  _exit(report(failure));
}

static int parse_options(int argc, char **argv, struct id_map *uids, struct id_map *gids) {
  for (int i = 0; i + 1 < argc; i += 2) {
    if (!strcmp(argv[i], "--uid-map") && uids->count < MAX_MAPS) uids->items[uids->count++] = argv[i + 1];
    else if (!strcmp(argv[i], "--gid-map") && gids->count < MAX_MAPS) gids->items[gids->count++] = argv[i + 1];
    else if (!strcmp(argv[i], "--newuidmap")) uids->tool = argv[i + 1];
    else if (!strcmp(argv[i], "--newgidmap")) gids->tool = argv[i + 1];
    else return -1;
  }
  return argc % 2 == 0 && uids->count > 0 && gids->count > 0 ? 0 : -1;
}

int enter_lane(int argc, char **argv) {
  struct id_map uids = {.file = "uid_map"}, gids = {.file = "gid_map"};
  struct failure failure = {0};
  int go[2];
  if (parse_options(argc, argv, &uids, &gids) < 0) {
    errno = EINVAL;
    fail(&failure, "read the options of lane");
    return report(&failure);
  }
  if (pipe2(go, O_CLOEXEC) < 0) {
    fail(&failure, "pipe");
    return report(&failure);
  }
  unsigned long flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC;
  pid_t pid = (pid_t)syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
  if (pid < 0) {
    fail(&failure, "clone the namespaces");
    return report(&failure);
  }
  if (pid == 0) {
    close(go[1]);
    live_inside(go[0], &failure);
  }
  close(go[0]);
  int direct = gids.tool == NULL;
  if (direct && geteuid() != 0) deny_setgroups(pid);
  if (write_map(pid, &uids, &failure) < 0 || write_map(pid, &gids, &failure) < 0) {
    report(&failure);
    close(go[1]);
    waitpid(pid, NULL, 0);
    return 71;
  }
  /* Only the agent inside may hold the peer's streams, or their end would go unseen. */
  if (write(go[1], "g", 1) < 0) return 71;
  close(go[1]);
  close(STDIN_FILENO);
  close(STDOUT_FILENO);
  int status;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
