/*
 * Changes of a tree whose overlay we cannot see: a container of docker's. What is there is remembered before
 * the subject starts; a path has changed when the kernel's own time of its last change (ctime, which no
 * program can set) is another one.
 */
#define _GNU_SOURCE
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *remembered_path;
static struct memory remembered;

/* The working directory's; other file systems that are mounted in it are no part of the tree. */
static void remember_directory(struct memory *directory, dev_t device) {
  struct words names = read_names();
  directory->below = calloc(names.count ? names.count : 1, sizeof *directory->below);
  if (!directory->below) _exit(71);
  for (size_t i = 0; i < names.count; i++) {
    struct stat facts;
    struct memory *memory = &directory->below[directory->count];
    if (lstat(names.items[i], &facts) < 0 || (S_ISDIR(facts.st_mode) && facts.st_dev != device)) {
      free(names.items[i]);
      continue;
    }
    *memory = (struct memory){
        .name = names.items[i], .changed = facts.st_ctim, .type = facts.st_mode & S_IFMT, .inode = facts.st_ino};
    directory->count++;
    if (!S_ISDIR(facts.st_mode) || chdir(names.items[i]) < 0) continue;
    remember_directory(memory, device);
    if (chdir("..") < 0) _exit(71);
  }
  free(names.items);
}

int remember_tree(const char *path) {
  struct stat facts;
  int before = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (before < 0 || remembered_path || chdir(path) < 0 || lstat(".", &facts) < 0) {
    int error = remembered_path ? EBUSY : errno;
    if (before >= 0) close(before);
    errno = error;
    return -1;
  }
  remember_directory(&remembered, facts.st_dev);
  remembered_path = strdup(path);
  int result = remembered_path ? fchdir(before) : -1;
  close(before);
  return result;
}

const struct memory *memory_of(const char *path) {
  return remembered_path && !strcmp(remembered_path, path) ? &remembered : NULL;
}
