/*
 * Spawns that begin when another's subject has ended: the peer, which may be far away, has made them ready and
 * need not be asked in between.
 */
#define _GNU_SOURCE
#include "server.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct successor {
  struct successor *next;
  uint32_t predecessor;
  /* Of its FRAME_SPAWN, whose payload stands behind this. */
  struct frame spawn;
  uint8_t payload[];
};

static struct successor *waiting;

enum meant { BY_ID, BY_PREDECESSOR };

/* Where the first that is meant hangs: NULL is there when there is none. */
static struct successor **find_successor(uint32_t id, enum meant meant) {
  struct successor **link = &waiting;
  while (*link && (meant == BY_ID ? (*link)->spawn.id : (*link)->predecessor) != id) link = &(*link)->next;
  return link;
}

int has_successor(uint32_t id) {
  return *find_successor(id, BY_PREDECESSOR) != NULL;
}

void start_spawn_after(const struct frame *frame) {
  if (frame->length < 4) protocol_error(frame->id, "successor of nothing");
  struct frame spawn = {FRAME_SPAWN, frame->id, frame->payload + 4, frame->length - 4};
  uint32_t predecessor = read_u32(frame->payload);
  if (!has_subject(predecessor) && !*find_successor(predecessor, BY_ID)) {
    start_spawn(&spawn);
    return;
  }
  struct successor *successor = malloc(sizeof *successor + spawn.length);
  if (!successor) _exit(71);
  memcpy(successor->payload, spawn.payload, spawn.length);
  spawn.payload = successor->payload;
  successor->next = waiting;
  successor->predecessor = predecessor;
  successor->spawn = spawn;
  waiting = successor;
}

/* Takes it out; NULL when there is none. */
static struct successor *take_successor(uint32_t id, enum meant meant) {
  struct successor **link = find_successor(id, meant);
  struct successor *successor = *link;
  if (successor) *link = successor->next;
  return successor;
}

/* Starts the one that is meant; false when there is none. */
static int start_successor(uint32_t id, enum meant meant) {
  struct successor *successor = take_successor(id, meant);
  if (!successor) return 0;
  start_spawn(&successor->spawn);
  free(successor);
  return 1;
}

void start_successors(uint32_t predecessor) {
  while (start_successor(predecessor, BY_PREDECESSOR)) {
  }
}

void begin_successor(uint32_t id) {
  start_successor(id, BY_ID);
}

void drop_successor(uint32_t id) {
  struct successor *successor = take_successor(id, BY_ID);
  if (!successor) return;
  free(successor);
  peer_send(FRAME_DONE, id, NULL, 0);
  start_successors(id);
}
