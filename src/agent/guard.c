/*
 * `archparity-agent guard PROGRAM ARGUMENT…`: runs a program of the machine (a virtual machine) that must
 * not outlive us. The end of our stdin, or a signal to end, kills it; our own death does, too
 * (PR_SET_PDEATHSIG). What it leaves running ends with it: rootless podman leaves a process that nobody asked for.
 * Descriptors from 3 on are the program's.
 */
#define _GNU_SOURCE
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

static void become_program(char **argv, pid_t guard, const sigset_t *mask) __attribute__((noreturn));

static void become_program(char **argv, pid_t guard, const sigset_t *mask) {
  int nothing = open("/dev/null", O_RDONLY);
  if (nothing >= 0) dup2(nothing, STDIN_FILENO);
  if (nothing > 2) close(nothing);
  sigprocmask(SIG_SETMASK, mask, NULL);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != guard) _exit(71);
  execv(argv[0], argv);
  fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
  _exit(errno == ENOENT ? 127 : 126);
}

/* Waits until the program ends, or until it has to. */
static int watch_program(pid_t pid, int signals) {
  struct pollfd polled[2] = {{STDIN_FILENO, POLLIN, 0}, {signals, POLLIN, 0}};
  int status;
  for (;;) {
    pid_t ended = waitpid(pid, &status, WNOHANG);
    if (ended == pid || (ended < 0 && errno != EINTR)) return status;
    if (poll(polled, 2, -1) < 0) continue;
    char ignored[4096];
    struct signalfd_siginfo info = {0};
    int must_end = 0;
    if (polled[0].revents && read(STDIN_FILENO, ignored, sizeof ignored) <= 0) must_end = 1;
    if (polled[1].revents && read(signals, &info, sizeof info) > 0 && info.ssi_signo != SIGCHLD) must_end = 1;
    if (!must_end) continue;
    kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
  }
}

int guard(char **argv) {
  sigset_t before;
  int signals = watch_signals(&before, 0);
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  pid_t own = getpid(), pid = fork();
  if (signals < 0 || pid < 0) return 71;
  if (pid == 0) become_program(argv, own, &before);
  /* The program's channels must end with it. */
  close(STDOUT_FILENO);
  int kept = dup2(signals, 3);
  close_from(4);
  int status = watch_program(pid, kept);
  clear_descendants();
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
