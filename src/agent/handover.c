/*
 * A container that somebody else starts (docker's daemon) inherits no descriptors of ours. So they are handed
 * over: `archparity-agent handover SOCKET NAME DOCKER ARGUMENT…` is the launcher outside. It listens on
 * SOCKET, starts `DOCKER ARGUMENT…`, which runs a container of that NAME with SOCKET in it, gives whoever
 * connects first the descriptors of an init, and waits for docker. `archparity-agent adopt SOCKET` is the
 * container's PID 1: it takes them and is an init like any other.
 *
 * Nobody above may kill the launcher: between docker's "create" and its "start" nothing would remove the
 * container. It sees the end of the control socket itself, and then ends what docker runs.
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
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A daemon that does not answer for so long is not waited for; what did not work is tried again after a while. */
enum { PATIENCE_MS = 60000, AGAIN_MS = 1000 };

struct handover {
  char *socket_name, *container, *docker;
  int listener, signals;
  /* What docker says; the subject's stderr is not for its warnings. */
  int said;
  pid_t client;
  /* `asked`: 1 = to end softly, 2 = to be gone. */
  int handed, server_lives, asked;
  /* When it is not waited for any longer, and when the next removal is tried; 0 = not yet known. */
  uint64_t until_ms, again_ms;
  sigset_t before;
};

/* --- the side of the container --------------------------------------------------------------- */

static int connect_to(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return -1;
  strcpy(address.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  return fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0 ? fd : -1;
}

void adopt(const char *path) {
  char byte;
  int fds[HANDED], from = connect_to(path);
  if (from < 0 || receive_descriptors(from, &byte, 1, fds) != 1 || fds[0] < 0) {
    /* Whoever started us is gone, and nothing is to be run. */
    fprintf(stderr, "archparity-agent: nobody hands anything over at %s\n", path);
    _exit(70);
  }
  take_places(fds);
  run_init();
}

/* --- the side of the launcher ---------------------------------------------------------------- */

/* By its name in its own directory, where `path` is cut: a path may be longer than a socket's address. */
static int listen_at(struct handover *handover, char *path) {
  char *slash = strrchr(path, '/');
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  errno = ENAMETOOLONG;
  if (!slash || strlen(slash + 1) >= sizeof address.sun_path) return -1;
  strcpy(address.sun_path, slash + 1);
  *slash = 0;
  handover->socket_name = slash + 1;
  if (chdir(path) < 0) return -1;
  handover->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (handover->listener < 0 || bind(handover->listener, (struct sockaddr *)&address, sizeof address) < 0) return -1;
  /* The container's root may be another user here. */
  return chmod(handover->socket_name, 0666) < 0 || listen(handover->listener, 1) < 0 ? -1 : 0;
}

static void stop_listening(struct handover *handover) {
  if (handover->listener < 0) return;
  close(handover->listener);
  handover->listener = -1;
  unlink(handover->socket_name);
}

/* docker with these words, in a session of its own, with nothing of ours but a place for what it says. */
static pid_t start_docker(const struct handover *handover, char **argv) {
  pid_t pid = fork();
  if (pid != 0) return pid;
  setsid();
  int nothing = open("/dev/null", O_RDWR);
  dup2(nothing, STDIN_FILENO);
  dup2(nothing, STDOUT_FILENO);
  dup2(handover->said, STDERR_FILENO);
  close_from(3);
  sigprocmask(SIG_SETMASK, &handover->before, NULL);
  execv(argv[0], argv);
  dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
  _exit(errno == ENOENT ? 127 : 126);
}

static uint64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

/* What docker answers does not matter: the container may be gone by itself. */
static void end_softly(struct handover *handover) {
  start_docker(handover, (char *[]){handover->docker, "kill", "--signal", "TERM", handover->container, NULL});
}

/*
 * A removal that meets docker's own work on a container, its start or its end, can fail and leave the container
 * there, so this is done until it is gone. @returns the process
 */
static pid_t remove_container(struct handover *handover) {
  handover->again_ms = now_ms() + AGAIN_MS;
  return start_docker(handover, (char *[]){handover->docker, "rm", "--force", handover->container, NULL});
}

static void end_container(struct handover *handover) {
  handover->asked = handover->handed && !handover->server_lives ? 2 : handover->asked + 1;
  if (handover->asked == 1) end_softly(handover);
  if (handover->asked != 2) return;
  handover->until_ms = now_ms() + PATIENCE_MS;
  remove_container(handover);
}

static void give_descriptors(struct handover *handover) {
  int to = accept4(handover->listener, NULL, NULL, SOCK_CLOEXEC);
  if (to < 0) return;
  int fds[HANDED];
  for (int i = 0; i < HANDED; i++) fds[i] = i;
  if (send_descriptors(to, "", 1, fds) == 0) {
    handover->handed = 1;
    /* The ends of the subject's streams are the container's alone; the control socket tells us of the server. */
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < HANDED; fd++)
      if (fd != CONTROL_FD) dup2(nothing, fd);
    close(nothing);
    stop_listening(handover);
  }
  close(to);
}

/* 1 when docker's client has ended. */
static int reap_client(struct handover *handover, int *status) {
  pid_t ended;
  int found = 0, how;
  while ((ended = waitpid(-1, &how, WNOHANG)) > 0)
    if (ended == handover->client) {
      *status = how;
      found = 1;
    }
  return found;
}

/* Waits for the client; gives its wait status. */
static int watch_container(struct handover *handover) {
  int status = 0;
  while (!reap_client(handover, &status)) {
    struct pollfd polled[3] = {{handover->signals, POLLIN, 0},
                               {handover->listener, POLLIN, 0},
                               {handover->server_lives ? CONTROL_FD : -1, 0, 0}};
    int ready = poll(polled, 3, handover->until_ms > 0 ? AGAIN_MS : -1);
    if (handover->until_ms > 0 && now_ms() > handover->until_ms) kill(handover->client, SIGKILL);
    if (handover->again_ms > 0 && now_ms() > handover->again_ms) remove_container(handover);
    if (ready <= 0) continue;
    struct signalfd_siginfo info;
    while (read(handover->signals, &info, sizeof info) > 0)
      if (info.ssi_signo != SIGCHLD) end_container(handover);
    if (polled[2].revents) {
      handover->server_lives = 0;
      handover->until_ms = now_ms() + PATIENCE_MS;
      /* A container that starts later finds nobody, and ends; or its start fails, and docker waits for its end. */
      stop_listening(handover);
      if (handover->handed) end_container(handover);
      else handover->again_ms = now_ms() + AGAIN_MS;
    }
    if (handover->listener >= 0 && polled[1].revents) give_descriptors(handover);
  }
  return status;
}

/* Waits for the end of a docker command, and no longer than that; its wait status. */
static int await_command(pid_t pid, uint64_t until_ms) {
  int status = 0;
  while (pid > 0 && waitpid(pid, &status, WNOHANG) == 0) {
    if (now_ms() > until_ms) kill(pid, SIGKILL);
    poll(NULL, 0, 20);
  }
  return status;
}

/* docker's client has ended, which does not mean that its container has gone where somebody else ended it. */
static void see_it_gone(struct handover *handover) {
  uint64_t until_ms = now_ms() + PATIENCE_MS;
  char *look[] = {handover->docker, "container", "inspect", handover->container, NULL};
  for (;;) {
    await_command(remove_container(handover), until_ms);
    if (await_command(start_docker(handover, look), until_ms) != 0 || now_ms() > until_ms) return;
    poll(NULL, 0, AGAIN_MS);
  }
}

static void repeat_what_docker_said(const struct handover *handover) {
  char chunk[4096];
  ssize_t got;
  lseek(handover->said, 0, SEEK_SET);
  while ((got = read(handover->said, chunk, sizeof chunk)) > 0)
    if (write_all(STDERR_FILENO, chunk, (size_t)got) < 0) return;
}

int hand_over(char **argv) {
  struct handover handover = {.container = argv[1], .docker = argv[2], .listener = -1, .server_lives = 1};
  handover.signals = watch_signals(&handover.before, SFD_NONBLOCK);
  handover.said = memfd_create("docker", MFD_CLOEXEC);
  if (handover.signals < 0 || handover.said < 0 || listen_at(&handover, argv[0]) < 0) {
    fprintf(stderr, "archparity-agent: listen at %s: %s\n", argv[0], strerror(errno));
    return 71;
  }
  handover.client = start_docker(&handover, argv + 2);
  int status = handover.client < 0 ? 71 << 8 : watch_container(&handover);
  stop_listening(&handover);
  if (handover.asked > 0 || !handover.server_lives) see_it_gone(&handover);
  if (!handover.handed) repeat_what_docker_said(&handover);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
