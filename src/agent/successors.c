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

static int is_waiting(uint32_t id) {
  const struct successor *successor = waiting;
  while (successor && successor->spawn.id != id) successor = successor->next;
  return successor != NULL;
}

int has_successor(uint32_t id) {
  const struct successor *successor = waiting;
  while (successor && successor->predecessor != id) successor = successor->next;
  return successor != NULL;
}

void start_spawn_after(const struct frame *frame) {
  if (frame->length < 4) protocol_error(frame->id, "successor of nothing");
  struct frame spawn = {FRAME_SPAWN, frame->id, frame->payload + 4, frame->length - 4};
  uint32_t predecessor = read_u32(frame->payload);
  if (!has_subject(predecessor) && !is_waiting(predecessor)) {
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

/* Takes out the first that is meant; NULL when there is none. */
static struct successor *take_successor(uint32_t id, int by_predecessor) {
  for (struct successor **link = &waiting; *link; link = &(*link)->next) {
    struct successor *successor = *link;
    if ((by_predecessor ? successor->predecessor : successor->spawn.id) != id) continue;
    *link = successor->next;
    return successor;
  }
  return NULL;
}

void start_successors(uint32_t predecessor) {
  struct successor *successor;
  while ((successor = take_successor(predecessor, 1))) {
    start_spawn(&successor->spawn);
    free(successor);
  }
}

void drop_successor(uint32_t id) {
  struct successor *successor = take_successor(id, 0);
  if (!successor) return;
  free(successor);
  peer_send(FRAME_DONE, id, NULL, 0);
  start_successors(id);
}
