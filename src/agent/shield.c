/*
 * What keeps a subject that is the machine's root from the machine: a /dev of its own, and the parts of
 * /proc that act on the whole machine read-only or covered, as container runtimes do
 * (OCI runtime-spec, config-linux.md, "Masked Paths", "Readonly Paths", "Default Devices").
 */
#define _GNU_SOURCE
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const NODES[] = {"null", "zero", "full", "random", "urandom", "tty"};
enum { NODE_COUNT = sizeof NODES / sizeof NODES[0] };

static const char *const LINKS[][2] = {
    {"/proc/self/fd", "fd"},       {"/proc/self/fd/0", "stdin"}, {"/proc/self/fd/1", "stdout"},
    {"/proc/self/fd/2", "stderr"}, {"pts/ptmx", "ptmx"},
};

static int mount_node(int node, const char *directory, const char *name) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
  if (fd < 0) return -1;
  close(fd);
  return (int)syscall(SYS_move_mount, node, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH);
}

static int fill_devices(const char *target, const int nodes[NODE_COUNT]) {
  char path[4096];
  if (mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k") < 0) return -1;
  for (size_t i = 0; i < NODE_COUNT; i++)
    if (nodes[i] >= 0 && mount_node(nodes[i], target, NODES[i]) < 0) return -1;
  snprintf(path, sizeof path, "%s/pts", target);
  if (mkdir(path, 0755) < 0) return -1;
  snprintf(path, sizeof path, "%s/shm", target);
  if (mkdir(path, 01777) < 0) return -1;
  for (size_t i = 0; i < sizeof LINKS / sizeof LINKS[0]; i++) {
    snprintf(path, sizeof path, "%s/%s", target, LINKS[i][1]);
    if (symlink(LINKS[i][0], path) < 0) return -1;
  }
  return 0;
}

/* The nodes are bound: making device nodes takes a privilege that no user namespace gives. */
int mount_devices(const char *target) {
  int nodes[NODE_COUNT];
  for (size_t i = 0; i < NODE_COUNT; i++) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", target, NODES[i]);
    /* What this machine's /dev lacks, the subject's lacks, too. */
    nodes[i] = (int)syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
  }
  int result = fill_devices(target, nodes);
  int error = errno;
  for (size_t i = 0; i < NODE_COUNT; i++)
    if (nodes[i] >= 0) close(nodes[i]);
  errno = error;
  return result;
}

int mount_terminals(const char *target) {
  char path[4096];
  snprintf(path, sizeof path, "%s/pts", target);
  if (mount("devpts", path, "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620") < 0) return -1;
  snprintf(path, sizeof path, "%s/shm", target);
  return mount("shm", path, "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777");
}

/* Kernels differ in what they have below /proc and /sys. */
static int is_absent(void) { return errno == ENOENT || errno == ENOTDIR || errno == EACCES; }

int protect_path(const char *path) {
  int tree = (int)syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
  if (tree < 0) return is_absent() ? 0 : -1;
  struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};
  int result = (int)syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes, sizeof attributes);
  if (result == 0) result = (int)syscall(SYS_move_mount, tree, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH);
  int error = errno;
  close(tree);
  errno = error;
  return result;
}

int mask_path(const char *path) {
  struct stat facts;
  if (lstat(path, &facts) < 0) return is_absent() ? 0 : -1;
  if (S_ISDIR(facts.st_mode)) return mount("tmpfs", path, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, "size=0k");
  return mount("/dev/null", path, NULL, MS_BIND, NULL);
}
