/*
 * The server: speaks the protocol with its peer on stdin and stdout. One thread, one poll loop. The
 * end of stdin ends everything.
 */
#define _GNU_SOURCE
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct buffer out;
static int signals;

static void shut_down(int code) __attribute__((noreturn));

static void shut_down(int code) {
  if (getpid() == 1) {
    kill(-1, SIGKILL);
    while (waitpid(-1, NULL, __WALL) > 0 || errno == EINTR) {
    }
    _exit(code);
  }
  /* Each init kills what is below it when its control descriptor ends; two seconds are plenty. */
  for (struct spawn *spawn = spawns; spawn; spawn = spawn->next)
    if (spawn->control >= 0) close(spawn->control);
  for (int round = 0; round < 2000; round++) {
    pid_t reaped;
    while ((reaped = waitpid(-1, NULL, WNOHANG | __WALL)) > 0) {
    }
    if (reaped < 0 && errno == ECHILD) break;
    struct timespec moment = {0, 1000000};
    nanosleep(&moment, NULL);
  }
  _exit(code);
}

/* --- a peer that fell silent ------------------------------------------------------------------ */

static uint64_t patience_ns, heard_ns;

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* How long the peer may stay silent, in ms; ends us when it was for too long. */
static int patience_left(void) {
  if (patience_ns == 0) return -1;
  uint64_t passed = now_ns() - heard_ns;
  if (passed >= patience_ns) shut_down(0);
  return (int)((patience_ns - passed) / 1000000u) + 1;
}

static void watch_peer(const struct frame *frame) {
  if (frame->length < 4) protocol_error(frame->id, "watch without seconds");
  patience_ns = read_u32(frame->payload) * 1000000000ull;
}

/* --- the peer ----------------------------------------------------------------------------- */

/* How long what may wait does so for something that goes with it: to be woken costs the peer more than to read. */
#define COMPANY_NS 5000000u

/* When what is unsent has to be on its way; 0: at once. */
static uint64_t due_ns;

static int is_due(void) {
  return buffer_pending(&out) > 0 && (due_ns == 0 || now_ns() >= due_ns);
}

/* How long poll(2) may wait, in ms; -1: for ever. */
static int time_left(void) {
  int patience = patience_left();
  if (buffer_pending(&out) == 0 || due_ns == 0) return patience;
  uint64_t now = now_ns();
  int company = now >= due_ns ? 0 : (int)((due_ns - now) / 1000000u) + 1;
  return patience < 0 || company < patience ? company : patience;
}

static void flush_some(void) {
  while (buffer_pending(&out) > 0) {
    ssize_t written = write(STDOUT_FILENO, out.data + out.start, buffer_pending(&out));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) return;
    if (written < 0) shut_down(0);
    buffer_consume(&out, (size_t)written);
  }
}

/* Answers that are made in one go (files, trees) wait here for a slow peer. */
static void await_room(void) {
  while (buffer_pending(&out) > 4 * HIGH_WATER) {
    struct pollfd peer = {STDOUT_FILENO, POLLOUT, 0};
    if (poll(&peer, 1, patience_left()) > 0) heard_ns = now_ns();
    flush_some();
  }
}

void peer_send(uint8_t type, uint32_t id, const void *payload, size_t length) {
  due_ns = 0;
  frame_append(&out, type, id, payload, length);
  await_room();
}

void peer_send_frames(const struct buffer *frames, int may_wait) {
  if (!may_wait)
    due_ns = 0;
  else if (buffer_pending(&out) == 0)
    due_ns = now_ns() + COMPANY_NS;
  buffer_append(&out, frames->data + frames->start, buffer_pending(frames));
  await_room();
}

void peer_send_error(uint8_t type, uint32_t id, const struct failure *failure) {
  uint8_t payload[FAILURE_SIZE];
  peer_send(type, id, payload, write_failure(payload, failure));
}

void protocol_error(uint32_t id, const char *what) {
  struct failure failure;
  errno = EPROTO;
  fail(&failure, "%s", what);
  peer_send_error(FRAME_FAILED, id, &failure);
  flush_some();
  shut_down(65);
}

static void handle_frame(const struct frame *frame) {
  switch (frame->type) {
  case FRAME_SPAWN:
    start_spawn(frame);
    return;
  case FRAME_SPAWN_AFTER:
    start_spawn_after(frame);
    return;
  case FRAME_BEGIN:
    begin_successor(frame->id);
    return;
  case FRAME_STDIN:
  case FRAME_SIGNAL:
  case FRAME_RESIZE:
  case FRAME_KILL:
    take_spawn_frame(frame);
    return;
  case FRAME_WATCH:
    watch_peer(frame);
    return;
  default:
    if (!answer_file_request(frame)) protocol_error(frame->id, "unknown frame type");
  }
}

static void read_peer(void) {
  static struct buffer in;
  uint8_t chunk[65536];
  ssize_t got = read(STDIN_FILENO, chunk, sizeof chunk);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) shut_down(0);
  heard_ns = now_ns();
  buffer_append(&in, chunk, (size_t)got);
  struct frame frame;
  size_t consumed;
  int found;
  while ((found = frame_parse(in.data + in.start, buffer_pending(&in), &frame, &consumed)) == 1) {
    handle_frame(&frame);
    buffer_consume(&in, consumed);
  }
  if (found < 0) protocol_error(0, "malformed frame");
}

/* --- the loop ----------------------------------------------------------------------------- */

static void take_signals(void) {
  struct signalfd_siginfo info;
  while (read(signals, &info, sizeof info) > 0)
    if (info.ssi_signo != SIGCHLD) shut_down(0);
  int status;
  pid_t pid;
  while ((pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0) note_end(pid, status);
}

struct watch {
  struct spawn *spawn;
  int what;
};

static void poll_once(void) {
  static struct pollfd *polled;
  static struct watch *watches;
  static size_t capacity;
  size_t wanted = 3;
  for (struct spawn *spawn = spawns; spawn; spawn = spawn->next) wanted += WATCHES;
  if (wanted > capacity) {
    capacity = wanted * 2;
    polled = realloc(polled, capacity * sizeof *polled);
    watches = realloc(watches, capacity * sizeof *watches);
    if (!polled || !watches) _exit(71);
  }
  int may_read = buffer_pending(&out) <= HIGH_WATER;
  size_t count = 3;
  polled[0] = (struct pollfd){STDIN_FILENO, POLLIN, 0};
  polled[1] = (struct pollfd){signals, POLLIN, 0};
  polled[2] = (struct pollfd){is_due() ? STDOUT_FILENO : -1, POLLOUT, 0};
  for (struct spawn *spawn = spawns; spawn; spawn = spawn->next)
    for (int what = 0; what < WATCHES; what++) {
      short events;
      int fd = watched_descriptor(spawn, what, may_read, &events);
      if (fd < 0 || events == 0) continue;
      polled[count] = (struct pollfd){fd, events, 0};
      watches[count++] = (struct watch){spawn, what};
    }
  if (poll(polled, count, time_left()) < 0) return;
  for (size_t i = 3; i < count; i++)
    if (polled[i].revents) handle_events(watches[i].spawn, watches[i].what, polled[i].revents);
  if (polled[1].revents) take_signals();
  finish_spawns();
  if (polled[0].revents) read_peer();
  if (!is_due()) return;
  due_ns = 0;
  flush_some();
}

void serve(void) {
  signal(SIGPIPE, SIG_IGN);
  signals = watch_signals(NULL, SFD_NONBLOCK);
  fcntl(STDOUT_FILENO, F_SETFL, fcntl(STDOUT_FILENO, F_GETFL) | O_NONBLOCK);
  send_hello();
  for (;;) poll_once();
}
