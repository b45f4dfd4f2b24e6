/*
 * The init of one spawn: PID 1 of a case or of a container (or a subreaper where PID namespaces are
 * not to be had). It starts the subject, keeps its deadline, and leaves no descendant behind.
 */
#define _GNU_SOURCE
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

struct init {
  struct spec spec;
  struct buffer incoming;
  int signals;
  int terminal_master, terminal_slave;
  int barrier;
  pid_t subject;
  /* The descriptors of an init to be started beside this one; [0] is -1 when there are none. */
  int given[HANDED];
};

static uint64_t clock_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Ends all that is here; from outside it looks like a kill of this init. */
static void die_with_everything(const struct init *init) __attribute__((noreturn));

static void die_with_everything(const struct init *init) {
  /* A launcher that lasts has things of its own to put away, and sees the end of the control socket, too. */
  if (!(init->spec.flags & SPAWN_LASTING)) clear_descendants();
  kill(getpid(), SIGKILL);
  /* PID 1 is deaf to its own SIGKILL. */
  _exit(128 + SIGKILL);
}

static void close_given(struct init *init) {
  for (int i = 0; init->given[0] >= 0 && i < HANDED; i++) close(init->given[i]);
  init->given[0] = -1;
}

/* Another init in our namespaces, with a spec, streams and a control socket of its own. */
static void start_beside(struct init *init) {
  if (init->given[0] < 0) return;
  pid_t pid = fork();
  if (pid == 0) {
    take_places(init->given);
    run_init();
  }
  if (pid < 0) {
    struct failure failure = {0};
    fail(&failure, "fork");
    uint8_t payload[FAILURE_SIZE];
    frame_write(init->given[CONTROL_FD], FRAME_FAILED, 0, payload, write_failure(payload, &failure));
  }
  close_given(init);
}

static void pass_signal(pid_t subject, const struct frame *frame) {
  if ((frame->length != 4 && frame->length != 8) || subject <= 0) return;
  int number = (int)read_u32(frame->payload);
  int alone = frame->length == 8 && read_u32(frame->payload + 4) == 1;
  /* A subject that left its process group is still meant. */
  if (alone || (kill(-subject, number) < 0 && errno == ESRCH)) kill(subject, number);
}

static void handle_frame(struct init *init, const struct frame *frame) {
  switch (frame->type) {
  case FRAME_SIGNAL:
    pass_signal(init->subject, frame);
    break;
  case FRAME_BESIDE:
    start_beside(init);
    break;
  case FRAME_RESIZE:
    if (frame->length == 8 && init->terminal_master >= 0) {
      struct winsize size = {.ws_row = (unsigned short)read_u32(frame->payload),
                             .ws_col = (unsigned short)read_u32(frame->payload + 4)};
      ioctl(init->terminal_master, TIOCSWINSZ, &size);
    }
    break;
  case FRAME_KILL:
    die_with_everything(init);
  default:
    break;
  }
}

/* Reads what the server says; when the server is gone, so is everything here. */
static void read_control(struct init *init) {
  uint8_t chunk[4096];
  int given[HANDED];
  ssize_t got = receive_descriptors(CONTROL_FD, chunk, sizeof chunk, given);
  if (got <= 0) die_with_everything(init);
  if (given[0] >= 0) {
    close_given(init);
    memcpy(init->given, given, sizeof given);
  }
  buffer_append(&init->incoming, chunk, (size_t)got);
  struct frame frame;
  size_t consumed;
  while (frame_parse(init->incoming.data + init->incoming.start, buffer_pending(&init->incoming), &frame, &consumed) == 1) {
    handle_frame(init, &frame);
    buffer_consume(&init->incoming, consumed);
  }
}

static void drain_signals(int signals) {
  struct signalfd_siginfo info;
  while (read(signals, &info, sizeof info) > 0) {
  }
}

/* Reaps until `pid` has ended; 1 when it has. Orphans are reaped on the way. */
static int reap(pid_t pid, struct ending *ending) {
  for (;;) {
    struct rusage usage;
    int status;
    pid_t reaped = wait4(-1, &status, WNOHANG | __WALL, &usage);
    if (reaped <= 0) return reaped < 0 && errno == ECHILD;
    if (reaped != pid) continue;
    ending->status = status;
    ending->usage = usage;
    return 1;
  }
}

/* At the deadline, and again after the grace. */
static void end_late(const struct init *init, pid_t pid, int stage) {
  /* It is asked twice, and ends by itself what it started. */
  if (init->spec.flags & SPAWN_LASTING) kill(pid, SIGTERM);
  else signal_descendants(stage == 0 ? SIGTERM : SIGKILL);
}

/* Walks over the upper directory while the container waits between its command and its teardown. */
static void answer_barrier(struct init *init);

static void wait_for_end(struct init *init, pid_t pid, struct ending *ending) {
  const struct spec *spec = &init->spec;
  /* What comes on the control descriptor of a launcher is for the init inside; its end is for us, too. */
  short listening = spec->flags & SPAWN_LAUNCHER ? 0 : POLLIN;
  uint64_t start = clock_ns(CLOCK_MONOTONIC);
  uint64_t next = spec->deadline_ms > 0 ? spec->deadline_ms * 1000000u : 0;
  int stage = 0;
  while (!reap(pid, ending)) {
    struct timespec wait, *timeout = NULL;
    if (next > 0) {
      uint64_t passed = clock_ns(CLOCK_MONOTONIC) - start;
      if (passed >= next) {
        ending->timed_out = 1;
        end_late(init, pid, stage);
        next += stage == 0 ? (uint64_t)spec->grace_ms * 1000000u : 50000000u;
        stage++;
        continue;
      }
      wait = (struct timespec){(time_t)((next - passed) / 1000000000u), (long)((next - passed) % 1000000000u)};
      timeout = &wait;
    }
    struct pollfd polled[3] = {{init->signals, POLLIN, 0},
                               {CONTROL_FD, listening, 0},
                               {init->barrier, POLLIN, 0}};
    if (ppoll(polled, 3, timeout, NULL) < 0) continue;
    if (polled[0].revents) drain_signals(init->signals);
    if (polled[1].revents & POLLIN) read_control(init);
    else if (polled[1].revents) die_with_everything(init);
    if (polled[2].revents) answer_barrier(init);
  }
}

/* Starts argv and waits for its end; -1 when it could not be started. */
static int run_command(struct init *init, char **argv, const int fds[3], struct ending *ending, struct failure *failure) {
  struct child child;
  memset(ending, 0, sizeof *ending);
  uint64_t start = clock_ns(CLOCK_MONOTONIC_RAW);
  if (launch_child(&init->spec, argv, fds, argv == init->spec.argv.items ? init->terminal_slave : -1, &child, failure) < 0)
    return -1;
  init->subject = child.pid;
  uint32_t machine;
  if (await_exec(&child, &machine, failure) < 0) {
    waitpid(child.pid, NULL, 0);
    init->subject = 0;
    return -1;
  }
  if (argv == init->spec.argv.items && !(init->spec.flags & SPAWN_LAUNCHER)) tell_started(child.pid, machine);
  wait_for_end(init, child.pid, ending);
  ending->wall_ns = clock_ns(CLOCK_MONOTONIC_RAW) - start;
  init->subject = 0;
  return 0;
}

static void answer_barrier(struct init *init) {
  char byte;
  if (read(init->barrier, &byte, 1) == 1) {
    tell_trees(&init->spec);
    init->spec.trees.count = 0;
    if (write(init->barrier, &byte, 1) == 1) return;
  }
  close(init->barrier);
  init->barrier = -1;
}

static void pass_barrier(void) {
  char byte = 1;
  if (write(BARRIER_FD, &byte, 1) == 1 && read(BARRIER_FD, &byte, 1) < 0) _exit(70);
}

static void run_launcher(struct init *init) {
  int ends[2];
  if (init->spec.flags & SPAWN_BARRIER) {
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) _exit(71);
    init->barrier = fcntl(ends[0], F_DUPFD_CLOEXEC, 16);
    close(ends[0]);
    if (ends[1] != BARRIER_FD) {
      dup2(ends[1], BARRIER_FD);
      close(ends[1]);
    } else {
      fcntl(BARRIER_FD, F_SETFD, 0);
    }
  }
  const int fds[3] = {0, 1, 2};
  struct ending ending;
  struct failure failure = {0};
  if (run_command(init, init->spec.argv.items, fds, &ending, &failure) < 0) {
    tell_failure(&failure);
    return;
  }
  clear_descendants();
  tell_launcher(&ending);
  tell_trees(&init->spec);
}

static int run_steps(struct init *init, const struct words *steps, const size_t *lengths, uint8_t phase) {
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  const int fds[3] = {null, LOG_FD, LOG_FD};
  int result = 0;
  int independent = phase == 0 && (init->spec.flags & SPAWN_INDEPENDENT_SETUP) != 0;
  for (size_t i = 0; i < steps->count && result == 0; i++) {
    size_t count;
    char **argv = split_list(steps->items[i], lengths[i], &count);
    struct ending ending;
    struct failure failure = {0};
    int status = 127 << 8;
    int started = run_command(init, argv, fds, &ending, &failure) == 0;
    if (started)
      status = ending.status;
    else
      dprintf(LOG_FD, "%s: %s\n", failure.step, strerror(failure.error));
    free(argv);
    if (independent) clear_descendants();
    if (status == 0) continue;
    tell_step_failed(phase, i, status);
    if (phase == 0 && !(independent && started && !ending.timed_out)) result = -1;
  }
  if (null >= 0) close(null);
  return result;
}

static int send_terminal(struct init *init, struct failure *failure) {
  if (open_terminal(&init->spec, &init->terminal_master, &init->terminal_slave, failure) < 0) return -1;
  struct buffer frame = {0};
  frame_append(&frame, FRAME_TERMINAL, 0, NULL, 0);
  union {
    char space[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
  } control = {0};
  struct iovec part = {frame.data, frame.length};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control.space};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(header), &init->terminal_master, sizeof(int));
  ssize_t sent = sendmsg(CONTROL_FD, &message, 0);
  buffer_free(&frame);
  return sent < 0 ? fail(failure, "pass the terminal on") : 0;
}

static void run_subject(struct init *init) {
  struct failure failure = {0};
  const int fds[3] = {0, 1, 2};
  if (init->spec.has_terminal && send_terminal(init, &failure) < 0) {
    tell_failure(&failure);
    return;
  }
  if (run_steps(init, &init->spec.setup, init->spec.setup_lengths, 0) < 0) {
    clear_descendants();
    return;
  }
  if (init->spec.flags & SPAWN_IN_PLACE) {
    for (int fd = CONTROL_FD; fd <= BARRIER_FD; fd++) fcntl(fd, F_SETFD, FD_CLOEXEC);
    become_subject(&init->spec, init->spec.argv.items, init->terminal_slave, &failure);
    tell_failure(&failure);
    return;
  }
  int null = init->spec.flags & SPAWN_OUTPUT_NULL ? open("/dev/null", O_WRONLY | O_CLOEXEC) : -1;
  const int unread[3] = {0, null, null};
  for (uint32_t iteration = 0; iteration < init->spec.repeat; iteration++) {
    struct ending ending;
    if (run_command(init, init->spec.argv.items, null < 0 ? fds : unread, &ending, &failure) < 0) {
      tell_failure(&failure);
      break;
    }
    tell_exit(iteration, &ending);
    if (ending.timed_out) break;
  }
  if (null >= 0) close(null);
  if (init->spec.teardown.count == 0) clear_descendants();
  if (init->spec.flags & SPAWN_BARRIER) pass_barrier();
  tell_trees(&init->spec);
  run_steps(init, &init->spec.teardown, init->spec.teardown_lengths, 1);
  clear_descendants();
}

void run_init(void) {
  struct init init = {.terminal_master = -1, .terminal_slave = -1, .barrier = -1, .given = {-1}};
  struct buffer storage = {0};
  struct frame frame;
  struct failure failure = {0};
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  if (getpid() != 1) prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  if (frame_read(CONTROL_FD, &storage, &frame) < 0 || frame.type != FRAME_SPEC ||
      spec_parse(frame.payload, frame.length, &init.spec) < 0) {
    errno = EPROTO;
    fail(&failure, "read the spec");
    tell_failure(&failure);
    _exit(70);
  }
  if (init.spec.connect) relay(&init.spec);
  if (init.spec.flags & SPAWN_LOOK) look_around(&init.spec);
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  /* Above BARRIER_FD, which a launcher puts into place later. */
  int signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  init.signals = fcntl(signals, F_DUPFD_CLOEXEC, BARRIER_FD + 1);
  close(signals);
  const struct spec *spec = &init.spec;
  if (!(spec->flags & SPAWN_LASTING)) restrain_case(spec->flags);
  /* Where the parent's mounts are shared, as systemd makes them, ours would show there. */
  if (spec->flags & SPAWN_NEW_MOUNT) mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
  if (perform_mounts(&spec->mounts, spec->mount_lengths, &failure) < 0 ||
      ((spec->flags & SPAWN_NEW_NET) && bring_loopback_up(&failure) < 0) ||
      (spec->hostname && sethostname(spec->hostname, strlen(spec->hostname)) < 0 && fail(&failure, "set the host name") < 0)) {
    tell_failure(&failure);
    _exit(70);
  }
  if (spec->flags & SPAWN_LAUNCHER)
    run_launcher(&init);
  else
    run_subject(&init);
  _exit(0);
}
