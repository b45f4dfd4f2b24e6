/*
 * Mount operations: NUL-separated words, performed in order in the caller's mount namespace.
 *
 *   tmpfs TARGET OPTIONS          bind SOURCE TARGET ro|rw     mkdir PATH MODE [UID GID]
 *   proc TARGET                   overlay TARGET OPTIONS       write PATH CONTENT
 *   binfmt TARGET                 readonly PATH (recursive)    symlink DESTINATION PATH
 *   cgroup2 TARGET                devices TARGET (a /dev)      terminals TARGET (/dev/pts and /dev/shm in it)
 *   copy SOURCE TARGET [UID GID]
 *   rename SOURCE TARGET          filesystem TYPE DEVICE TARGET (read-only)
 *   touch PATH SECONDS NANOSECONDS
 *   protect PATH (read-only)      mask PATH (covered)          both: nothing where there is no PATH
 *   uncover PATH (early)          unmount PATH                  both: nothing where nothing is mounted
 *   remove PATH (file, link or empty directory)               remember PATH (changes.c)
 *
 * Sources of `bind` and `copy` are opened before the first operation, so that a tmpfs over one of
 * their parents does not hide them; `uncover` is performed then, so that it shows those after it.
 */
#define _GNU_SOURCE
#include "agent.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int fail(struct failure *failure, const char *format, ...) {
  failure->error = errno;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(failure->step, sizeof failure->step, format, arguments);
  va_end(arguments);
  return -1;
}

/*
 * Makes the parents of a path, and the path itself when `whole`. What is there already keeps its
 * mode: it may be a directory of the host's.
 */
static int make_directories(const char *path, mode_t mode, int whole) {
  char *copy = strdup(path);
  if (!copy) return -1;
  for (char *at = copy + 1; *at; at++) {
    if (*at != '/') continue;
    *at = 0;
    if (mkdir(copy, 0755) < 0 && errno != EEXIST && errno != EROFS) {
      free(copy);
      return -1;
    }
    *at = '/';
  }
  int result = 0;
  if (whole && mkdir(copy, mode) == 0) result = chmod(copy, mode);
  else if (whole && errno != EEXIST) result = -1;
  free(copy);
  return result;
}

/* Makes the place that something of the kind of `source` can be mounted on. */
static int make_mount_point(int source, const char *target) {
  struct stat facts, present;
  if (fstat(source, &facts) < 0) return -1;
  /* A link is a place, too: move_mount(2) does not follow it, and may cover one that leads nowhere. */
  if (lstat(target, &present) == 0) return 0;
  if (S_ISDIR(facts.st_mode)) return make_directories(target, 0755, 1);
  if (make_directories(target, 0755, 0) < 0) return -1;
  int fd = open(target, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
  return fd < 0 ? -1 : close(fd);
}

static int set_readonly(int directory, const char *path, unsigned flags) {
  struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};
  return (int)syscall(SYS_mount_setattr, directory, path, flags | AT_RECURSIVE, &attributes, sizeof attributes);
}

static int copy_content(const char *source, const char *target, mode_t mode, uid_t uid, gid_t gid) {
  int in = open(source, O_RDONLY | O_CLOEXEC);
  if (in < 0) return -1;
  int out = open(target, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  int result = out < 0 ? -1 : 0;
  while (result == 0) {
    ssize_t sent = sendfile(out, in, NULL, 1 << 20);
    if (sent == 0) break;
    if (sent < 0 && errno != EINTR) result = -1;
  }
  struct stat facts;
  if (result == 0 && fstat(in, &facts) == 0) {
    struct timespec times[2] = {facts.st_atim, facts.st_mtim};
    if (futimens(out, times) < 0) result = -1;
  }
  /* The owner first: a change of owner clears setuid and setgid (chown(2)). */
  if (result == 0 && uid != (uid_t)-1) result = fchown(out, uid, gid);
  if (result == 0) result = fchmod(out, mode & 07777);
  int error = errno;
  close(in);
  if (out >= 0) close(out);
  errno = error;
  return result;
}

static int copy_path(const char *source, const char *target, const struct stat *facts, uid_t uid, gid_t gid);

static int copy_directory(const char *source, const char *target, uid_t uid, gid_t gid) {
  DIR *directory = opendir(source);
  if (!directory) return -1;
  int result = 0;
  struct dirent *entry;
  while (result == 0 && (entry = readdir(directory))) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    char from[4096], to[4096];
    if (snprintf(from, sizeof from, "%s/%s", source, entry->d_name) >= (int)sizeof from ||
        snprintf(to, sizeof to, "%s/%s", target, entry->d_name) >= (int)sizeof to) {
      errno = ENAMETOOLONG;
      result = -1;
      break;
    }
    struct stat facts;
    result = lstat(from, &facts) < 0 ? -1 : copy_path(from, to, &facts, uid, gid);
  }
  int error = errno;
  closedir(directory);
  errno = error;
  return result;
}

static int copy_path(const char *source, const char *target, const struct stat *facts, uid_t uid, gid_t gid) {
  if (S_ISDIR(facts->st_mode)) {
    if (make_directories(target, 0700, 1) < 0 || copy_directory(source, target, uid, gid) < 0) return -1;
    if (uid != (uid_t)-1 && chown(target, uid, gid) < 0) return -1;
    if (chmod(target, facts->st_mode & 07777) < 0) return -1;
    struct timespec times[2] = {facts->st_atim, facts->st_mtim};
    if (utimensat(AT_FDCWD, target, times, 0) < 0) return -1;
  } else if (S_ISLNK(facts->st_mode)) {
    char destination[4096];
    ssize_t length = readlink(source, destination, sizeof destination - 1);
    if (length < 0) return -1;
    destination[length] = 0;
    if (symlink(destination, target) < 0) return -1;
    return uid == (uid_t)-1 ? 0 : lchown(target, uid, gid);
  } else if (S_ISREG(facts->st_mode)) {
    if (copy_content(source, target, facts->st_mode, uid, gid) < 0) return -1;
  } else {
    errno = EOPNOTSUPP;
    return -1;
  }
  return 0;
}

static int perform_copy(int source, const char *target, uid_t uid, gid_t gid) {
  char path[64];
  struct stat facts;
  snprintf(path, sizeof path, "/proc/self/fd/%d", source);
  if (stat(path, &facts) < 0 || make_directories(target, 0755, 0) < 0) return -1;
  return copy_path(path, target, &facts, uid, gid);
}

static int perform_write(const char *path, const char *content) {
  if (make_directories(path, 0755, 0) < 0) return -1;
  int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
  if (fd < 0) return -1;
  int result = write_all(fd, content, strlen(content));
  int error = errno;
  close(fd);
  errno = error;
  return result;
}

static uid_t owner_word(char **words, size_t count, size_t index) {
  return index < count ? (uid_t)strtoul(words[index], NULL, 10) : (uid_t)-1;
}

/* With all that is mounted below it. */
static int perform_unmount(const char *path) {
  int result = umount2(path, MNT_DETACH);
  /* No mount point, or no such path. */
  return result < 0 && errno != EINVAL && errno != ENOENT ? -1 : 0;
}

/* A file, a link or an empty directory. */
static int perform_remove(const char *path) {
  int result = remove(path);
  return result < 0 && errno != ENOENT && errno != ENOTDIR && errno != ENOTEMPTY ? -1 : 0;
}

/* One operation; -1 with errno, EPROTO for one that is not known or has too few words. */
static int perform_one(char **words, size_t count, int source) {
  const char *kind = words[0];
  if (count >= 2 && !strcmp(kind, "proc"))
    return mount("proc", words[1], "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  if (count >= 2 && !strcmp(kind, "binfmt")) return mount("binfmt_misc", words[1], "binfmt_misc", 0, NULL);
  if (count >= 2 && !strcmp(kind, "cgroup2"))
    return mount("cgroup2", words[1], "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  if (count >= 2 && !strcmp(kind, "devices")) return mount_devices(words[1]);
  if (count >= 2 && !strcmp(kind, "terminals")) return mount_terminals(words[1]);
  if (count >= 2 && !strcmp(kind, "uncover")) return 0;
  if (count >= 2 && !strcmp(kind, "protect")) return protect_path(words[1]);
  if (count >= 2 && !strcmp(kind, "mask")) return mask_path(words[1]);
  if (count >= 2 && !strcmp(kind, "unmount")) return perform_unmount(words[1]);
  if (count >= 2 && !strcmp(kind, "remove")) return perform_remove(words[1]);
  if (count >= 2 && !strcmp(kind, "remember")) return remember_tree(words[1]);
  if (count >= 2 && !strcmp(kind, "readonly")) return set_readonly(AT_FDCWD, words[1], 0);
  if (count >= 3 && !strcmp(kind, "tmpfs")) {
    if (make_directories(words[1], 0755, 1) < 0 && errno != EROFS) return -1;
    return mount("tmpfs", words[1], "tmpfs", MS_NOSUID | MS_NODEV, words[2]);
  }
  if (count >= 3 && !strcmp(kind, "overlay")) return mount("overlay", words[1], "overlay", 0, words[2]);
  if (count >= 3 && !strcmp(kind, "symlink")) {
    if (make_directories(words[2], 0755, 0) < 0) return -1;
    return symlink(words[1], words[2]);
  }
  if (count >= 3 && !strcmp(kind, "rename")) {
    if (make_directories(words[2], 0755, 0) < 0) return -1;
    return rename(words[1], words[2]);
  }
  if (count >= 4 && !strcmp(kind, "touch")) {
    struct timespec time = {strtoll(words[2], NULL, 10), strtol(words[3], NULL, 10)};
    struct timespec times[2] = {time, time};
    return utimensat(AT_FDCWD, words[1], times, 0);
  }
  if (count >= 4 && !strcmp(kind, "filesystem")) {
    if (make_directories(words[3], 0755, 1) < 0) return -1;
    return mount(words[2], words[3], words[1], MS_RDONLY | MS_NODEV, NULL);
  }
  if (count >= 3 && !strcmp(kind, "write")) return perform_write(words[1], words[2]);
  if (count >= 3 && !strcmp(kind, "mkdir")) {
    mode_t mode = (mode_t)strtoul(words[2], NULL, 8);
    /* Asked for by name, so its mode is set even when an earlier operation made it as a parent. */
    if (make_directories(words[1], mode, 1) < 0 || chmod(words[1], mode) < 0) return -1;
    uid_t uid = owner_word(words, count, 3);
    return uid == (uid_t)-1 ? 0 : chown(words[1], uid, owner_word(words, count, 4));
  }
  if (count >= 3 && !strcmp(kind, "copy"))
    return perform_copy(source, words[2], owner_word(words, count, 3), owner_word(words, count, 4));
  if (count >= 4 && !strcmp(kind, "bind")) {
    if (!strcmp(words[3], "ro") && set_readonly(source, "", AT_EMPTY_PATH) < 0) return -1;
    if (make_mount_point(source, words[2]) < 0) return -1;
    return (int)syscall(SYS_move_mount, source, "", AT_FDCWD, words[2], MOVE_MOUNT_F_EMPTY_PATH);
  }
  errno = EPROTO;
  return -1;
}

/* -1 on error, -2 when the operation has no source. */
static int open_source(char **words, size_t count) {
  if (count >= 4 && !strcmp(words[0], "bind"))
    return (int)syscall(SYS_open_tree, AT_FDCWD, words[1], OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
  if (count >= 3 && !strcmp(words[0], "copy")) return open(words[1], O_PATH | O_CLOEXEC);
  if (count >= 2 && !strcmp(words[0], "uncover")) umount2(words[1], MNT_DETACH);
  return -2;
}

int perform_mounts(const struct words *mounts, const size_t *lengths, struct failure *failure) {
  if (mounts->count == 0) return 0;
  char ***operations = calloc(mounts->count, sizeof *operations);
  size_t *counts = calloc(mounts->count, sizeof *counts);
  int *sources = calloc(mounts->count, sizeof *sources);
  if (!operations || !counts || !sources) _exit(71);
  int result = 0;
  for (size_t i = 0; i < mounts->count; i++) sources[i] = -2;
  for (size_t i = 0; i < mounts->count; i++) {
    operations[i] = split_list(mounts->items[i], lengths[i], &counts[i]);
    if (result < 0) continue;
    sources[i] = open_source(operations[i], counts[i]);
    if (sources[i] == -1) result = fail(failure, "open %s", operations[i][1]);
  }
  for (size_t i = 0; result == 0 && i < mounts->count; i++)
    if (perform_one(operations[i], counts[i], sources[i]) < 0)
      result = fail(failure, "%s %s%s%s", operations[i][0], counts[i] > 1 ? operations[i][1] : "",
                    counts[i] > 2 ? " " : "", counts[i] > 2 && strcmp(operations[i][0], "write") ? operations[i][2] : "");
  for (size_t i = 0; i < mounts->count; i++) {
    if (sources[i] >= 0) close(sources[i]);
    free(operations[i]);
  }
  free(operations);
  free(counts);
  free(sources);
  return result;
}

int bring_loopback_up(struct failure *failure) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return fail(failure, "socket");
  struct ifreq request = {0};
  strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  int result = ioctl(fd, SIOCSIFFLAGS, &request);
  if (result < 0) fail(failure, "bring lo up");
  close(fd);
  return result;
}
