/* Walks a directory tree and yields each entry with its attributes and content. */
#define _GNU_SOURCE
#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <time.h>
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
  struct reading *reading;
  frame_sink sink;
  void *context;
  /* Of the root: where only differences are told, what is mounted in the tree is no part of it. */
  dev_t device;
  /* Of the path below the root that is shown: names and the slashes before them. */
  char shown[MAX_TREE_PATH];
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

static int is_late(const struct reading *reading) {
  struct timespec now;
  if (reading->until_ns == 0) return 0;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec >= reading->until_ns;
}

static int send_hole(const struct walk *walk, off_t length) {
  uint8_t payload[8];
  write_u64(payload, (uint64_t)length);
  return walk->sink(walk->context, FRAME_ENTRY_HOLE, payload, sizeof payload);
}

/* The next `length` bytes at the descriptor's offset; 0, a sink's result, or -1 when they are not to be had. */
static int send_data(const struct walk *walk, int fd, off_t length) {
  static char chunk[65536];
  while (length > 0) {
    size_t wanted = length < (off_t)sizeof chunk ? (size_t)length : sizeof chunk;
    ssize_t got = is_late(walk->reading) ? -1 : read(fd, chunk, wanted);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return -1;
    int result = walk->sink(walk->context, FRAME_ENTRY_DATA, chunk, (size_t)got);
    if (result != 0) return result;
    length -= got;
  }
  return 0;
}

/* Data and holes in turn. A file system that knows no holes has one piece of data. */
static int send_pieces(const struct walk *walk, int fd, off_t size) {
  int result = 0;
  for (off_t at = 0; at < size && result == 0;) {
    off_t data = lseek(fd, at, SEEK_DATA);
    if (data < 0) data = errno == ENXIO ? size : at;
    if (data > size) data = size;
    if (data > at) result = send_hole(walk, data - at);
    if (result != 0 || data == size) break;
    off_t end = lseek(fd, data, SEEK_HOLE);
    if (end < 0 || end > size) end = size;
    result = lseek(fd, data, SEEK_SET) < 0 ? -1 : send_data(walk, fd, end - data);
    at = end;
  }
  return result;
}

static int send_content(const struct walk *walk, const char *name, uint64_t size) {
  int result = -1;
  if (size == 0) return 0;
  /* Holes count: whoever hashes them has to. */
  if (size <= walk->reading->bytes) {
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd >= 0) {
      walk->reading->bytes -= size;
      result = send_pieces(walk, fd, (off_t)size);
      close(fd);
    }
  }
  return result == -1 ? walk->sink(walk->context, FRAME_ENTRY_UNREAD, NULL, 0) : result;
}

/* `name` is in the working directory. */
static int send_facts(const struct walk *walk, const char *name, const struct stat *facts, int is_opaque) {
  struct buffer fields = {0};
  field_append_u32(&fields, E_LABEL, walk->label);
  field_append_text(&fields, E_PATH, walk->shown);
  field_append_u32(&fields, E_MODE, facts->st_mode);
  field_append_u32(&fields, E_UID, facts->st_uid);
  field_append_u32(&fields, E_GID, facts->st_gid);
  field_append_u64(&fields, E_SIZE, S_ISREG(facts->st_mode) ? (uint64_t)facts->st_size : 0);
  if (S_ISCHR(facts->st_mode) || S_ISBLK(facts->st_mode))
    field_append_u64(&fields, E_DEVICE, (uint64_t)major(facts->st_rdev) << 32 | minor(facts->st_rdev));
  if (S_ISLNK(facts->st_mode)) {
    char destination[4096];
    ssize_t length = readlink(name, destination, sizeof destination);
    if (length >= 0) field_append(&fields, E_LINK, destination, (size_t)length);
  }
  if (is_opaque) field_append_u32(&fields, E_OPAQUE, 1);
  append_attributes(&fields, name);
  int result = walk->sink(walk->context, FRAME_ENTRY, fields.data, fields.length);
  buffer_free(&fields);
  return result;
}

/* `is_opaque`: a directory in the place of another one, of which nothing is in it. */
static int send_entry(const struct walk *walk, const char *name, const struct stat *facts, int is_opaque) {
  int result = send_facts(walk, name, facts, is_opaque);
  if (result == 0 && S_ISREG(facts->st_mode)) result = send_content(walk, name, (uint64_t)facts->st_size);
  return result;
}

static int compare_names(const void *left, const void *right) {
  return strcmp(*(char *const *)left, *(char *const *)right);
}

/*
 * The names in the working directory, read before any is entered: one open directory, however deep the tree.
 * Sorted, so that what is read before a limit is the same wherever the same was written.
 */
struct words read_names(void) {
  struct words names = {0};
  size_t capacity = 0;
  DIR *directory = opendir(".");
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
  if (names.count > 1) qsort(names.items, names.count, sizeof *names.items, compare_names);
  return names;
}

static int walk_directory(struct walk *walk, size_t length, const struct memory *before);

/* Enters a directory that was just reported; the working directory is the same afterwards. */
static int enter_directory(struct walk *walk, const char *name, size_t length, const struct memory *before) {
  struct stat here, back;
  if (lstat(".", &here) < 0 || chdir(name) < 0) return walk->sink(walk->context, FRAME_ENTRY_UNREAD, NULL, 0);
  int result = walk_directory(walk, length, before);
  if (result != 0) return result;
  /* Somebody who still runs may have moved it away. */
  if (chdir("..") < 0 || lstat(".", &back) < 0) return -1;
  return here.st_dev == back.st_dev && here.st_ino == back.st_ino ? 0 : -1;
}

/* What nothing is known of: all of it is new. */
static const struct memory NOTHING;

static int is_same_directory(const struct memory *before, const struct stat *facts) {
  return S_ISDIR(before->type) && before->inode == facts->st_ino;
}

static int has_changed(const struct memory *before, const struct stat *facts) {
  return before->type != (facts->st_mode & S_IFMT) || before->changed.tv_sec != facts->st_ctim.tv_sec ||
         before->changed.tv_nsec != facts->st_ctim.tv_nsec ||
         (S_ISDIR(facts->st_mode) && !is_same_directory(before, facts));
}

/* `shown` is the whole path, of so many bytes. `before` as in walk_directory. */
static int walk_path(struct walk *walk, const char *name, size_t length, const struct memory *before) {
  struct stat facts;
  if (lstat(name, &facts) < 0) return 0;
  int is_directory = S_ISDIR(facts.st_mode);
  if (before && is_directory && facts.st_dev != walk->device) return 0;
  int replaces = before && S_ISDIR(before->type) && !is_same_directory(before, &facts);
  int result = before && !has_changed(before, &facts) ? 0 : send_entry(walk, name, &facts, is_directory && replaces);
  if (result != 0 || !is_directory) return result;
  /* Room for the longest name: nothing below a directory that is read is left out. */
  if (length + 1 + NAME_MAX >= sizeof walk->shown) return walk->sink(walk->context, FRAME_ENTRY_UNREAD, NULL, 0);
  return enter_directory(walk, name, length, before && !is_same_directory(before, &facts) ? &NOTHING : before);
}

/* Adds a name to the path that is shown; its length, or 0 when there is no room. */
static size_t show_name(struct walk *walk, size_t length, const char *name) {
  size_t size = strlen(name);
  if (length + 1 + size >= sizeof walk->shown) return 0;
  walk->shown[length] = '/';
  memcpy(walk->shown + length + 1, name, size + 1);
  return length + 1 + size;
}

/* As overlayfs does it: a character device 0/0 in the place of what is gone (kernel doc, overlayfs.rst). */
static int send_removed(struct walk *walk, size_t length, const char *name) {
  static const struct stat GONE = {.st_mode = S_IFCHR};
  return show_name(walk, length, name) > 0 ? send_facts(walk, name, &GONE, 0) : 0;
}

/*
 * The working directory is the one whose shown path has `length` bytes: so no path is too long for the kernel.
 * With `before` only what is not as it was is told.
 */
static int walk_directory(struct walk *walk, size_t length, const struct memory *before) {
  struct words names = read_names();
  const struct memory *known = before ? before->below : NULL, *end = before ? known + before->count : NULL;
  int result = 0;
  for (size_t i = 0; i < names.count; i++) {
    const char *name = names.items[i];
    for (; result == 0 && known < end && strcmp(known->name, name) < 0; known++)
      result = send_removed(walk, length, known->name);
    const struct memory *was = before ? &NOTHING : NULL;
    if (known < end && !strcmp(known->name, name)) was = known++;
    size_t shown = result == 0 ? show_name(walk, length, name) : 0;
    if (shown > 0) result = walk_path(walk, name, shown, was);
    walk->shown[length] = 0;
    free(names.items[i]);
  }
  for (; result == 0 && known < end; known++) result = send_removed(walk, length, known->name);
  walk->shown[length] = 0;
  free(names.items);
  return result;
}

int walk_differences(const char *root, const struct memory *before, struct reading *reading, uint32_t label,
                     frame_sink sink, void *context) {
  static struct walk walk;
  walk = (struct walk){.label = label, .reading = reading, .sink = sink, .context = context};
  int left = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  struct stat facts;
  int result = 0;
  if (chdir(root) == 0 && lstat(".", &facts) == 0) {
    walk.device = facts.st_dev;
    result = walk_directory(&walk, 0, before);
  }
  if (left < 0 || fchdir(left) < 0) {
    /* Where we were is gone: relative paths had no meaning before, either. */
    if (chdir("/") < 0) result = -1;
  }
  if (left >= 0) close(left);
  return result;
}

int walk_tree(const char *root, struct reading *reading, uint32_t label, frame_sink sink, void *context) {
  return walk_differences(root, NULL, reading, label, sink, context);
}
