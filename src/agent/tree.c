/* Walks a directory tree and yields each entry with its attributes and content. */
#define _GNU_SOURCE
#include "agent.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Tags of an entry's fields; the same numbers stand in protocol.ts. */
enum entry_tag {
  E_LABEL = 1,
  E_PATH = 2,
  E_MODE = 3,
  E_UID = 4,
  E_GID = 5,
  E_SIZE = 6,
  E_DEVICE = 7,
  E_LINK = 8,
  E_XATTR = 9,
  E_OPAQUE = 10,
};

struct walk {
  uint32_t label;
  frame_sink sink;
  void *context;
};

/* Attributes beyond this many bytes are left out, so that an entry always fits a frame. */
#define MAX_ATTRIBUTES (MAX_FRAME / 2)

/* Bookkeeping of overlayfs mounted with `userxattr` (kernel doc, overlayfs.rst). */
static int is_overlay_attribute(const char *name) { return !strncmp(name, "user.overlay.", 13); }

static void append_attributes(struct buffer *fields, const char *path) {
  char names[65536], value[65536];
  ssize_t length = llistxattr(path, names, sizeof names);
  for (ssize_t at = 0; at < length; at += (ssize_t)strlen(names + at) + 1) {
    ssize_t size = lgetxattr(path, names + at, value, sizeof value);
    if (size < 0) continue;
    if (is_overlay_attribute(names + at)) {
      if (!strcmp(names + at, "user.overlay.opaque")) field_append_u32(fields, E_OPAQUE, 1);
      continue;
    }
    if (buffer_pending(fields) + strlen(names + at) + (size_t)size > MAX_ATTRIBUTES) continue;
    struct buffer pair = {0};
    buffer_append(&pair, names + at, strlen(names + at) + 1);
    buffer_append(&pair, value, (size_t)size);
    field_append(fields, E_XATTR, pair.data, pair.length);
    buffer_free(&pair);
  }
}

static int send_content(const struct walk *walk, const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return 0;
  char *chunk = malloc(65536);
  if (!chunk) _exit(71);
  int result = 0;
  for (;;) {
    ssize_t got = read(fd, chunk, 65536);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    result = walk->sink(walk->context, FRAME_ENTRY_DATA, chunk, (size_t)got);
    if (result != 0) break;
  }
  free(chunk);
  close(fd);
  return result;
}

static int send_entry(const struct walk *walk, const char *path, const char *shown, const struct stat *facts) {
  struct buffer fields = {0};
  field_append_u32(&fields, E_LABEL, walk->label);
  field_append_text(&fields, E_PATH, shown);
  field_append_u32(&fields, E_MODE, facts->st_mode);
  field_append_u32(&fields, E_UID, facts->st_uid);
  field_append_u32(&fields, E_GID, facts->st_gid);
  field_append_u64(&fields, E_SIZE, S_ISREG(facts->st_mode) ? (uint64_t)facts->st_size : 0);
  if (S_ISCHR(facts->st_mode) || S_ISBLK(facts->st_mode))
    field_append_u64(&fields, E_DEVICE, (uint64_t)major(facts->st_rdev) << 32 | minor(facts->st_rdev));
  if (S_ISLNK(facts->st_mode)) {
    char destination[4096];
    ssize_t length = readlink(path, destination, sizeof destination);
    if (length >= 0) field_append(&fields, E_LINK, destination, (size_t)length);
  }
  append_attributes(&fields, path);
  int result = walk->sink(walk->context, FRAME_ENTRY, fields.data, fields.length);
  buffer_free(&fields);
  if (result == 0 && S_ISREG(facts->st_mode)) result = send_content(walk, path);
  return result;
}

/* The names in a directory, read before any is entered: one open directory, however deep the tree. */
static struct words read_names(const char *path) {
  struct words names = {0};
  size_t capacity = 0;
  DIR *directory = opendir(path);
  if (!directory) return names;
  struct dirent *entry;
  while ((entry = readdir(directory))) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    if (names.count == capacity) {
      capacity = capacity ? 2 * capacity : 16;
      names.items = realloc(names.items, capacity * sizeof *names.items);
      if (!names.items) _exit(71);
    }
    char *name = strdup(entry->d_name);
    if (!name) _exit(71);
    names.items[names.count++] = name;
  }
  closedir(directory);
  return names;
}

/* `path` holds the directory's path and is a string of `length` bytes; `root` of them are the root's. */
static int walk_directory(const struct walk *walk, char path[PATH_MAX], size_t root, size_t length) {
  struct words names = read_names(path);
  int result = 0;
  for (size_t i = 0; i < names.count; i++) {
    size_t size = strlen(names.items[i]);
    struct stat facts;
    /* The kernel takes no longer path, so what lies deeper stays out. */
    if (result == 0 && length + 1 + size < PATH_MAX) {
      path[length] = '/';
      memcpy(path + length + 1, names.items[i], size + 1);
      if (lstat(path, &facts) == 0) {
        result = send_entry(walk, path, path + root, &facts);
        if (result == 0 && S_ISDIR(facts.st_mode)) result = walk_directory(walk, path, root, length + 1 + size);
      }
      path[length] = 0;
    }
    free(names.items[i]);
  }
  free(names.items);
  return result;
}

int walk_tree(const char *root, uint32_t label, frame_sink sink, void *context) {
  struct walk walk = {label, sink, context};
  char path[PATH_MAX];
  size_t length = strlen(root);
  while (length > 0 && root[length - 1] == '/') length--;
  if (length >= sizeof path) return 0;
  memcpy(path, root, length);
  path[length] = 0;
  /* The root "/" is the empty path plus "/NAME", but it is opened by its name. */
  if (length > 0) return walk_directory(&walk, path, length, length);
  strcpy(path, "/.");
  return walk_directory(&walk, path, 2, 2);
}
