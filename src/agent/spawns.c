/*
 * The spawns of a server: starts an init for each, feeds it, and relays between its streams and the
 * peer. The init (init.c) is in the spawn's namespaces; its control socket is the line to it.
 */
#define _GNU_SOURCE
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct spawn *spawns;

static struct spawn *find_spawn(uint32_t id) {
  struct spawn *spawn = spawns;
  while (spawn && spawn->id != id) spawn = spawn->next;
  return spawn;
}

/* A quiet spawn says at most this much later than it could. */
#define MOST_KEPT 65536

static void release(struct spawn *spawn, int may_wait) {
  if (buffer_pending(&spawn->kept) == 0) return;
  peer_send_frames(&spawn->kept, may_wait);
  buffer_consume(&spawn->kept, buffer_pending(&spawn->kept));
}

static void say(struct spawn *spawn, uint8_t type, const void *payload, size_t length) {
  if (!(spawn->flags & SPAWN_QUIET)) {
    peer_send(type, spawn->id, payload, length);
    return;
  }
  frame_append(&spawn->kept, type, spawn->id, payload, length);
  if (type == FRAME_EXIT && has_successor(spawn->id)) spawn->is_succeeded = 1;
  /* The peer hurries when a slot is free, which it is not when a successor takes it. */
  int is_told = type == FRAME_DONE || (type == FRAME_EXIT && !spawn->is_succeeded);
  if (is_told || buffer_pending(&spawn->kept) > MOST_KEPT) release(spawn, spawn->is_succeeded);
}

static void close_fd(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

static void free_spawn(struct spawn *spawn) {
  struct spawn **link = &spawns;
  while (*link != spawn) link = &(*link)->next;
  *link = spawn->next;
  close_fd(&spawn->control);
  close_fd(&spawn->input);
  for (int i = 0; i < STREAMS; i++) close_fd(&spawn->outputs[i]);
  close_fd(&spawn->terminal);
  return_network(&spawn->network, 0);
  buffer_free(&spawn->from_init);
  buffer_free(&spawn->to_init);
  buffer_free(&spawn->to_subject);
  buffer_free(&spawn->kept);
  uint32_t id = spawn->id;
  free(spawn);
  start_successors(id);
}

/* --- the start ---------------------------------------------------------------------------- */

static int clone_flags(uint32_t flags) {
  return (flags & SPAWN_NEW_PID ? CLONE_NEWPID : 0) | (flags & SPAWN_NEW_MOUNT ? CLONE_NEWNS : 0) |
         (flags & SPAWN_NEW_IPC ? CLONE_NEWIPC : 0) | (flags & SPAWN_NEW_UTS ? CLONE_NEWUTS : 0);
}

static void start_init(const int ends[HANDED], const struct spawn *spawn) __attribute__((noreturn));

/* ends: stdin, stdout, stderr, control, log */
static void start_init(const int ends[HANDED], const struct spawn *spawn) {
  take_places(ends);
  if (enter_cgroup(spawn) < 0) _exit(71);
  /*
   * The death of a namespace's PID 1 is that of all in it, and so is that of a subject in our place.
   * Any other init must live on to end its descendants; the end of its control socket wakes it.
   */
  if (spawn->flags & (SPAWN_NEW_PID | SPAWN_IN_PLACE)) prctl(PR_SET_PDEATHSIG, SIGKILL);
  run_init();
}

static int make_pipes(struct spawn *spawn, int ends[HANDED]) {
  int pair[2];
  if (spawn->flags & SPAWN_STDIN_NULL) {
    ends[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (ends[0] < 0) return -1;
  } else {
    if (pipe2(pair, O_CLOEXEC) < 0) return -1;
    ends[0] = pair[0];
    spawn->input = pair[1];
    fcntl(spawn->input, F_SETFL, O_NONBLOCK);
  }
  for (int i = 0; i < STREAMS; i++) {
    if (pipe2(pair, O_CLOEXEC) < 0) return -1;
    spawn->outputs[i] = pair[0];
    ends[i == 2 ? 4 : i + 1] = pair[1];
    fcntl(spawn->outputs[i], F_SETFL, O_NONBLOCK);
  }
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) return -1;
  spawn->control = pair[0];
  ends[3] = pair[1];
  fcntl(spawn->control, F_SETFL, O_NONBLOCK);
  return 0;
}

/* The terminal is made by the innermost init, if there is one. */
static void look_inside(struct spawn *spawn, const struct spec *spec) {
  struct spec inner = {0};
  const struct spec *innermost = spec;
  if (spec->has_inner && spec_parse(spec->inner, spec->inner_length, &inner) == 0) innermost = &inner;
  spawn->expects_terminal = innermost->has_terminal;
  spawn->has_no_init = (innermost->flags & SPAWN_IN_PLACE) != 0;
  if (spec->has_inner) spec_free(&inner);
}

/* What would change the server's own namespaces, and so perhaps the host. */
static int check_namespaces(const struct spec *spec, struct failure *failure) {
  errno = EINVAL;
  if (spec->mounts.count > 0 && !(spec->flags & SPAWN_NEW_MOUNT))
    return fail(failure, "mount without a mount namespace");
  if (spec->hostname && !(spec->flags & SPAWN_NEW_UTS)) return fail(failure, "set the host name without a UTS namespace");
  if (spec->has_network_of && spec->flags & SPAWN_NEW_NET) return fail(failure, "join and make a network namespace");
  if (spec->connect && !spec->has_inside) return fail(failure, "connect outside of a spawn");
  if (spec->flags & SPAWN_LOOK && !spec->has_inside) return fail(failure, "look outside of a spawn");
  const uint32_t own = SPAWN_NEW_PID | SPAWN_NEW_MOUNT | SPAWN_NEW_NET | SPAWN_NEW_IPC | SPAWN_NEW_UTS | SPAWN_LAUNCHER |
                       SPAWN_IN_PLACE | SPAWN_BARRIER | SPAWN_LASTING;
  if (spec->has_inside && (spec->flags & own || spec->has_inner || spec->has_network_of || spec->memory_max || spec->pids_max))
    return fail(failure, "have namespaces, launchers or limits inside another spawn");
  return 0;
}

static void flush_control(struct spawn *spawn) {
  while (buffer_pending(&spawn->to_init) > 0) {
    if (spawn->control < 0) break;
    ssize_t sent = send(spawn->control, spawn->to_init.data + spawn->to_init.start, buffer_pending(&spawn->to_init),
                        MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) return;
    if (sent < 0) break;
    buffer_consume(&spawn->to_init, (size_t)sent);
  }
  /* The init is gone or everything is sent. */
  buffer_consume(&spawn->to_init, buffer_pending(&spawn->to_init));
}

/* The network namespace of another spawn, which neither of them may give back as unused. */
static int join_network(struct spawn *spawn, uint32_t id, struct failure *failure) {
  struct spawn *owner = find_spawn(id);
  errno = ESRCH;
  if (!owner || owner->network.ns < 0) return fail(failure, "join the network of spawn %u", id);
  spawn->network.ns = fcntl(owner->network.ns, F_DUPFD_CLOEXEC, 0);
  if (spawn->network.ns < 0) return fail(failure, "join the network of spawn %u", id);
  owner->shares_network = spawn->shares_network = 1;
  return 0;
}

/* Has the init of another spawn make ours. */
static int start_inside(struct spawn *spawn, uint32_t id, const int ends[HANDED], struct failure *failure) {
  struct spawn *host = find_spawn(id);
  spawn->is_inside = spawn->reaped = 1;
  errno = ENOTSUP;
  if (host && host->has_no_init) return fail(failure, "start inside spawn %u, which has no init", id);
  errno = ESRCH;
  if (!host || host == spawn || host->control < 0) return fail(failure, "start inside spawn %u", id);
  flush_control(host);
  struct buffer frame = {0};
  frame_append(&frame, FRAME_BESIDE, 0, NULL, 0);
  errno = EAGAIN;
  int sent = buffer_pending(&host->to_init) > 0 ? -1 : send_descriptors(host->control, frame.data, frame.length, ends);
  int error = errno;
  buffer_free(&frame);
  errno = error;
  return sent < 0 ? fail(failure, "start inside spawn %u", id) : 0;
}

static int clone_init(struct spawn *spawn, const int ends[HANDED], struct failure *failure) {
  if (spawn->flags & SPAWN_NEW_NET && take_network(&spawn->network, failure) < 0) return -1;
  spawn->pid = (pid_t)syscall(SYS_clone, (unsigned long)clone_flags(spawn->flags) | SIGCHLD, 0, 0, 0, 0);
  if (spawn->pid == 0) {
    if (spawn->network.ns >= 0 && setns(spawn->network.ns, CLONE_NEWNET) < 0) _exit(71);
    start_init(ends, spawn);
  }
  return spawn->pid < 0 ? fail(failure, "clone") : 0;
}

void start_spawn(const struct frame *frame) {
  struct spec spec;
  struct failure failure = {0};
  if (find_spawn(frame->id)) protocol_error(frame->id, "spawn id in use");
  if (spec_parse(frame->payload, frame->length, &spec) < 0) {
    spec_free(&spec);
    protocol_error(frame->id, "malformed spawn");
  }
  struct spawn *spawn = calloc(1, sizeof *spawn);
  if (!spawn) _exit(71);
  *spawn = (struct spawn){.id = frame->id, .flags = spec.flags, .control = -1, .input = -1, .outputs = {-1, -1, -1},
                          .digests = {DIGEST_START, DIGEST_START, DIGEST_START},
                          .terminal = -1, .network = {-1, {-1, -1}}, .limit = spec.output_limit, .next = spawns};
  spawns = spawn;
  look_inside(spawn, &spec);
  int ends[HANDED] = {-1, -1, -1, -1, -1};
  int started = check_namespaces(&spec, &failure);
  if (started == 0 && make_pipes(spawn, ends) < 0) started = fail(&failure, "make the pipes");
  if (started == 0 && spec.has_inside) {
    started = start_inside(spawn, spec.inside, ends, &failure);
  } else {
    if (started == 0 && spec.has_network_of) started = join_network(spawn, spec.network_of, &failure);
    if (started == 0) started = make_cgroup(spawn, &spec, &failure);
    if (started == 0) started = clone_init(spawn, ends, &failure);
  }
  for (int i = 0; i < HANDED; i++) close_fd(&ends[i]);
  if (started == 0) {
    frame_append(&spawn->to_init, FRAME_SPEC, 0, frame->payload, frame->length);
    if (spec.has_inner) frame_append(&spawn->to_init, FRAME_SPEC, 0, spec.inner, spec.inner_length);
    flush_control(spawn);
  } else {
    peer_send_error(FRAME_FAILED, spawn->id, &failure);
    end_cgroup(spawn);
    peer_send(FRAME_DONE, spawn->id, NULL, 0);
    free_spawn(spawn);
  }
  spec_free(&spec);
}

/* --- from the peer ------------------------------------------------------------------------ */

static void send_stdin_ack(const struct spawn *spawn, uint32_t count) {
  uint8_t bytes[4];
  write_u32(bytes, count);
  peer_send(FRAME_STDIN_ACK, spawn->id, bytes, sizeof bytes);
}

/* The subject does not read (any more): forget what is left, and tell the peer to stop. */
static void stop_input(struct spawn *spawn) {
  if (!spawn->input_gone) send_stdin_ack(spawn, UINT32_MAX);
  spawn->input_gone = 1;
  buffer_consume(&spawn->to_subject, buffer_pending(&spawn->to_subject));
  close_fd(&spawn->input);
}

static void feed_subject(struct spawn *spawn) {
  if (spawn->input_gone) return;
  int fd = spawn->expects_terminal ? spawn->terminal : spawn->input;
  while (fd >= 0 && buffer_pending(&spawn->to_subject) > 0) {
    ssize_t written = write(fd, spawn->to_subject.data + spawn->to_subject.start, buffer_pending(&spawn->to_subject));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) return;
    if (written < 0) {
      stop_input(spawn);
      return;
    }
    buffer_consume(&spawn->to_subject, (size_t)written);
    send_stdin_ack(spawn, (uint32_t)written);
  }
  if (spawn->input_ended) close_fd(&spawn->input);
}

static void take_stdin(struct spawn *spawn, const struct frame *frame) {
  if (spawn->input_gone || spawn->input_ended) return;
  if (!spawn->expects_terminal && spawn->input < 0) {
    stop_input(spawn);
    return;
  }
  /* The end of input at a terminal is its Ctrl-D. */
  if (frame->length == 0 && spawn->expects_terminal) buffer_append(&spawn->to_subject, "\004", 1);
  else if (frame->length == 0) spawn->input_ended = 1;
  else buffer_append(&spawn->to_subject, frame->payload, frame->length);
  feed_subject(spawn);
}

static void kill_spawn(struct spawn *spawn, const struct frame *frame) {
  if (spawn->flags & SPAWN_NEW_PID) {
    kill(spawn->pid, SIGKILL);
  } else if (spawn->flags & SPAWN_LAUNCHER) {
    /* Both inits, of which the inner one may not run yet, end with their socket. */
    close_fd(&spawn->control);
  } else {
    frame_append(&spawn->to_init, frame->type, 0, NULL, 0);
    flush_control(spawn);
  }
}

int has_subject(uint32_t id) {
  const struct spawn *spawn = find_spawn(id);
  return spawn && !spawn->has_exited;
}

void take_spawn_frame(const struct frame *frame) {
  struct spawn *spawn = find_spawn(frame->id);
  if (!spawn) {
    if (frame->type == FRAME_KILL) drop_successor(frame->id);
    return;
  }
  switch (frame->type) {
  case FRAME_STDIN:
    take_stdin(spawn, frame);
    break;
  case FRAME_KILL:
    if (!spawn->reaped || spawn->is_inside) kill_spawn(spawn, frame);
    break;
  default:
    frame_append(&spawn->to_init, frame->type, 0, frame->payload, frame->length);
    flush_control(spawn);
  }
}

/* --- from the init and the subject -------------------------------------------------------- */

static void read_output(struct spawn *spawn, int stream, int *fd) {
  uint8_t chunk[1 + 65536];
  ssize_t got = read(*fd, chunk + 1, sizeof chunk - 1);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) {
    /* EIO is the end of a terminal whose other side is closed. */
    if (fd == &spawn->terminal) stop_input(spawn);
    close_fd(fd);
    return;
  }
  uint64_t before = spawn->totals[stream];
  spawn->totals[stream] += (uint64_t)got;
  uint64_t room = before < spawn->limit ? spawn->limit - before : 0;
  size_t kept = (uint64_t)got < room ? (size_t)got : (size_t)room;
  spawn->digests[stream] = digest_add(spawn->digests[stream], chunk + 1 + kept, (size_t)got - kept);
  if (kept == 0) return;
  chunk[0] = (uint8_t)(stream + 1);
  say(spawn, FRAME_OUTPUT, chunk, kept + 1);
}

static void take_terminal(struct spawn *spawn, struct msghdr *message) {
  for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header; header = CMSG_NXTHDR(message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    close_fd(&spawn->terminal);
    memcpy(&spawn->terminal, CMSG_DATA(header), sizeof spawn->terminal);
    fcntl(spawn->terminal, F_SETFL, O_NONBLOCK);
    feed_subject(spawn);
  }
}

static void read_init(struct spawn *spawn) {
  uint8_t chunk[65536];
  union {
    char space[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
  } control;
  struct iovec part = {chunk, sizeof chunk};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control.space};
  ssize_t got = recvmsg(spawn->control, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) {
    close_fd(&spawn->control);
    return;
  }
  take_terminal(spawn, &message);
  buffer_append(&spawn->from_init, chunk, (size_t)got);
  struct frame frame;
  size_t consumed;
  int found;
  while ((found = frame_parse(spawn->from_init.data + spawn->from_init.start, buffer_pending(&spawn->from_init), &frame,
                              &consumed)) == 1) {
    if (frame.type != FRAME_TERMINAL) say(spawn, frame.type, frame.payload, frame.length);
    if (frame.type == FRAME_EXIT) spawn->has_exited = 1;
    buffer_consume(&spawn->from_init, consumed);
  }
  if (spawn->has_exited) start_successors(spawn->id);
  /* Whoever wrote that is not our init: end it all. */
  if (found < 0) close_fd(&spawn->control);
}

int watched_descriptor(const struct spawn *spawn, int what, int may_read, short *events) {
  short reading = may_read ? POLLIN : 0;
  short feeding = buffer_pending(&spawn->to_subject) > 0 ? POLLOUT : 0;
  switch (what) {
  case WATCH_CONTROL:
    *events = (short)(reading | (buffer_pending(&spawn->to_init) > 0 ? POLLOUT : 0));
    return spawn->control;
  case WATCH_INPUT:
    *events = feeding;
    return spawn->input;
  case WATCH_TERMINAL:
    *events = (short)(reading | feeding);
    return spawn->terminal;
  default:
    *events = reading;
    return spawn->outputs[what];
  }
}

void handle_events(struct spawn *spawn, int what, short events) {
  const short readable = POLLIN | POLLHUP | POLLERR;
  switch (what) {
  case WATCH_CONTROL:
    if (events & POLLOUT) flush_control(spawn);
    if (events & readable && spawn->control >= 0) read_init(spawn);
    return;
  case WATCH_INPUT:
    feed_subject(spawn);
    return;
  case WATCH_TERMINAL:
    if (events & POLLOUT) feed_subject(spawn);
    if (events & readable && spawn->terminal >= 0) read_output(spawn, 0, &spawn->terminal);
    return;
  default:
    if (spawn->outputs[what] >= 0) read_output(spawn, what, &spawn->outputs[what]);
  }
}

/* --- the end ------------------------------------------------------------------------------ */

void note_end(pid_t pid, int status) {
  for (struct spawn *spawn = spawns; spawn; spawn = spawn->next) {
    if (spawn->pid != pid || spawn->reaped) continue;
    spawn->reaped = 1;
    spawn->status = status;
    /* Somebody killed it: what its launcher started elsewhere ends with the socket. */
    if (spawn->flags & SPAWN_LASTING && WIFSIGNALED(status)) close_fd(&spawn->control);
    /* The end of its PID namespace is that of everything in it; without one something may live on. */
    if (spawn->flags & SPAWN_NEW_PID && !spawn->shares_network) return_network(&spawn->network, 1);
  }
}

void finish_spawns(void) {
  struct spawn *next;
  for (struct spawn *spawn = spawns; spawn; spawn = next) {
    next = spawn->next;
    int open_streams = spawn->terminal >= 0;
    for (int i = 0; i < STREAMS; i++) open_streams |= spawn->outputs[i] >= 0;
    if (!spawn->reaped || spawn->control >= 0 || open_streams) continue;
    end_cgroup(spawn);
    uint8_t payload[8 + 16 * STREAMS];
    write_u64(payload, (uint32_t)spawn->status);
    for (int stream = 0; stream < STREAMS; stream++) {
      write_u64(payload + 8 + 8 * stream, spawn->totals[stream]);
      write_u64(payload + 8 + 8 * (STREAMS + stream), spawn->digests[stream]);
    }
    say(spawn, FRAME_DONE, payload, sizeof payload);
    free_spawn(spawn);
  }
}
