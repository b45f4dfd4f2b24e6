/* What serve.c (the peer and the loop), spawns.c and files.c share. */
#ifndef ARCHPARITY_SERVER_H
#define ARCHPARITY_SERVER_H

#include "agent.h"

#include <poll.h>

/* Above this much unsent output nothing more is read from subjects. */
#define HIGH_WATER (1u << 20)

/* --- serve.c ------------------------------------------------------------------------------ */

void peer_send(uint8_t type, uint32_t id, const void *payload, size_t length);
/* Whole frames as they are; those that may wait do so for others for a few ms. */
void peer_send_frames(const struct buffer *frames, int may_wait);
void peer_send_error(uint8_t type, uint32_t id, const struct failure *failure);
/* The peer broke the protocol: says so and ends everything. */
void protocol_error(uint32_t id, const char *what) __attribute__((noreturn));

/* --- spawns.c ----------------------------------------------------------------------------- */

/* stdout, stderr and the log of setup and teardown steps */
enum { STREAMS = 3 };

enum { COUNTER_FILES = 2 };

/* A network namespace. */
struct network {
  /* -1: there is none of one's own. */
  int ns;
  /* Open files of /proc that tell what happened in it; -1 where that is not known. */
  int counters[COUNTER_FILES];
};

struct spawn {
  struct spawn *next;
  uint32_t id;
  pid_t pid;
  int status, reaped;
  /* Its init was made by that of another spawn, and is no child of the server's. */
  int is_inside;
  /* Its subject took the place of its init: nothing can be started beside it. */
  int has_no_init;
  /* A run of its subject has ended. */
  int has_exited;
  /* Another began with that: nobody hurries for what is left of a quiet one. */
  int is_succeeded;
  uint32_t flags;
  int control, input, outputs[STREAMS];
  /* The network namespace that it was given, when it does not share the server's. */
  struct network network;
  /* Other spawns live in that namespace, too. */
  int shares_network;
  int has_cgroup;
  /* The terminal's master, once the init has sent it. */
  int terminal, expects_terminal;
  struct buffer from_init, to_init, to_subject;
  /* Frames of a quiet spawn that wait for its end. */
  struct buffer kept;
  /* ended: close after the last byte; gone: nobody reads any more */
  int input_ended, input_gone;
  uint64_t totals[STREAMS], limit;
  /* Of what lies beyond the limit. */
  uint64_t digests[STREAMS];
};

/* What a polled descriptor of a spawn is; below STREAMS it is an output. */
enum watched { WATCH_CONTROL = STREAMS, WATCH_INPUT, WATCH_TERMINAL, WATCHES };

extern struct spawn *spawns;

void start_spawn(const struct frame *frame);
/* A frame of the peer's for a running spawn; one that has ended meanwhile is ignored. */
void take_spawn_frame(const struct frame *frame);
/* The descriptor to poll for `what` (-1: none) and the events to wait for. */
int watched_descriptor(const struct spawn *spawn, int what, int may_read, short *events);
void handle_events(struct spawn *spawn, int what, short events);
/* Notes that a child of the server has ended. */
void note_end(pid_t pid, int status);
/* Tells the peer of spawns that have ended and whose streams are drained, and forgets them. */
void finish_spawns(void);

/* Whether a spawn is there whose subject has not ended, or not begun. */
int has_subject(uint32_t id);

/* --- successors.c ------------------------------------------------------------------------- */

/* Starts a spawn when the subject of the one that the frame names has ended; at once when there is none. */
void start_spawn_after(const struct frame *frame);
/* Starts those that waited for it. */
void start_successors(uint32_t predecessor);
/* Whether one waits for it. */
int has_successor(uint32_t id);
/* Starts one that waits, if there is one of that id, without waiting any longer. */
void begin_successor(uint32_t id);
/* Forgets one that waits, if there is one of that id, and tells the peer of its end. */
void drop_successor(uint32_t id);

/* --- networks.c --------------------------------------------------------------------------- */

/* Gives a network namespace in which nothing happened; 0, or -1 with the failing step. */
int take_network(struct network *network, struct failure *failure);
/* Takes one back, if there is one: for the next spawn when all its processes are gone and nothing happened in it. */
void return_network(struct network *network, int may_be_used_again);

/* --- cgroups.c ---------------------------------------------------------------------------- */

/* From now on each spawn gets a cgroup below this directory; 0, or -1 when it has no such controllers. */
int use_cgroups(const char *directory);
int has_cgroups(void);
/* With the limits of the spec; 0, or -1 with the failing step, also for limits without a place for cgroups. */
int make_cgroup(struct spawn *spawn, const struct spec *spec, struct failure *failure);
/* Called by the spawn's init; 0 or -1. */
int enter_cgroup(const struct spawn *spawn);
/* Tells the peer what was short in it, and removes it. */
void end_cgroup(struct spawn *spawn);

/* --- files.c ------------------------------------------------------------------------------ */

/* Answers requests that touch the agent's own file system; 0 when the frame is no such request. */
int answer_file_request(const struct frame *frame);
void send_hello(void);

#endif
