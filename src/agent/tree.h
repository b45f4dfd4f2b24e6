/* What tree.c and changes.c share: what is remembered of a tree, to tell later what has changed in it. */
#ifndef ARCHPARITY_TREE_H
#define ARCHPARITY_TREE_H

#include "agent.h"

#include <sys/stat.h>
#include <time.h>

/* A path as it was. */
struct memory {
  char *name;
  struct timespec changed;
  mode_t type;
  ino_t inode;
  /* What was in a directory, by name. */
  struct memory *below;
  size_t count;
};

/* The names in the working directory, sorted; the caller frees them. */
struct words read_names(void);

/* What remember_tree (agent.h) found below a path; NULL when nothing was remembered of it. */
const struct memory *memory_of(const char *path);

/*
 * As walk_tree; with `before` it yields only what is not as it was, and what is gone as overlayfs marks it.
 */
int walk_differences(const char *root, const struct memory *before, struct reading *reading, uint32_t label,
                     frame_sink sink, void *context);

#endif
