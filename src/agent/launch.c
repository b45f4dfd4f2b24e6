/* From a spec to a running subject: identity, limits, terminal, exec. */
#define _GNU_SOURCE
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

int open_terminal(const struct spec *spec, int *master, int *slave, struct failure *failure) {
  *master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (*master < 0) return fail(failure, "open /dev/ptmx");
  int unlock = 0;
  unsigned number;
  if (ioctl(*master, TIOCSPTLCK, &unlock) < 0 || ioctl(*master, TIOCGPTN, &number) < 0)
    return fail(failure, "unlock the terminal");
  /* TIOCGPTPEER needs no path, so it works whatever is mounted on /dev/pts (ioctl_tty(2)). */
  *slave = ioctl(*master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (*slave < 0) return fail(failure, "open the terminal's other side");
  struct winsize size = {.ws_row = (unsigned short)spec->rows, .ws_col = (unsigned short)spec->columns};
  if (ioctl(*master, TIOCSWINSZ, &size) < 0) return fail(failure, "set the terminal's size");
  if (spec->has_uid && fchown(*slave, spec->uid, (gid_t)-1) < 0 && errno != EPERM && errno != EINVAL)
    return fail(failure, "give the terminal to the user");
  return 0;
}

static int drop_bounding_set(uint64_t keep, struct failure *failure) {
  for (int capability = 0; capability < 64; capability++) {
    if (keep >> capability & 1) continue;
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0) {
      if (errno == EINVAL) break;
      if (errno != EPERM) return fail(failure, "drop capability %d", capability);
    }
  }
  return 0;
}

static int limit_capabilities(uint64_t keep, struct failure *failure) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  if (syscall(SYS_capget, &header, data) < 0) return fail(failure, "capget");
  for (int half = 0; half < 2; half++) {
    uint32_t mask = (uint32_t)(keep >> (32 * half));
    data[half].effective &= mask;
    data[half].permitted &= mask;
    data[half].inheritable = 0;
  }
  if (syscall(SYS_capset, &header, data) < 0) return fail(failure, "capset");
  return 0;
}

/*
 * A user namespace inside the lane's in which the subject has the caller's own uid and no power over
 * the lane's mounts. The handlers of the lane's binfmt_misc are inherited (FACTS: nested namespaces).
 */
static int enter_user(const struct spec *spec, struct failure *failure) {
  uid_t uid = geteuid();
  gid_t gid = getegid();
  char map[64];
  if (unshare(CLONE_NEWUSER) < 0) return fail(failure, "unshare the user namespace");
  if (write_text("/proc/self/setgroups", "deny") < 0) return fail(failure, "write setgroups");
  snprintf(map, sizeof map, "%u %u 1", spec->map_uid, uid);
  if (write_text("/proc/self/uid_map", map) < 0) return fail(failure, "write uid_map");
  snprintf(map, sizeof map, "%u %u 1", spec->map_gid, gid);
  if (write_text("/proc/self/gid_map", map) < 0) return fail(failure, "write gid_map");
  return 0;
}

static int take_identity(const struct spec *spec, struct failure *failure) {
  if (spec->has_user_map && enter_user(spec, failure) < 0) return -1;
  if (spec->has_groups && setgroups(spec->group_count, (const gid_t *)spec->groups) < 0)
    return fail(failure, "set the groups");
  if (spec->has_capabilities && drop_bounding_set(spec->capabilities, failure) < 0) return -1;
  if (spec->has_gid && setresgid(spec->gid, spec->gid, spec->gid) < 0) return fail(failure, "become group %u", spec->gid);
  if (spec->has_uid && setresuid(spec->uid, spec->uid, spec->uid) < 0) return fail(failure, "become user %u", spec->uid);
  /* Last: the changes above need CAP_SETGID and CAP_SETUID, whether the subject keeps them or not. */
  if (spec->has_capabilities && limit_capabilities(spec->capabilities, failure) < 0) return -1;
  return 0;
}

static int take_limits(const struct spec *spec, struct failure *failure) {
  for (size_t i = 0; i < spec->limit_count; i++) {
    struct rlimit limit = {spec->limits[i].soft, spec->limits[i].hard};
    if (setrlimit(spec->limits[i].resource, &limit) < 0)
      return fail(failure, "set resource limit %u", spec->limits[i].resource);
  }
  if (spec->cpu_count > 0) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (size_t i = 0; i < spec->cpu_count; i++) CPU_SET(spec->cpus[i], &set);
    if (sched_setaffinity(0, sizeof set, &set) < 0) return fail(failure, "pin to processors");
  }
  return 0;
}

/* What a child tells its parent before each exec that it tries, and when it gives up. */
struct launch_report {
  int failed;
  uint32_t machine;
  struct failure failure;
};

static int try_exec(const char *path, char **argv, char **env, int report_fd) {
  struct stat facts;
  if (stat(path, &facts) < 0) return -1;
  struct launch_report report = {.machine = program_machine(path)};
  /* In the place of the init there is nobody else to tell the server. */
  if (report_fd < 0)
    tell_started(getpid(), report.machine);
  else if (write(report_fd, &report, sizeof report) < 0)
    _exit(126);
  return execve(path, argv, env);
}

/* execvp with the spec's own PATH; a script without `#!` is not given to a shell. */
static void execute(const struct spec *spec, char **argv, int is_subject, int report_fd, struct failure *failure) {
  const char *file = is_subject && spec->executable ? spec->executable : argv[0];
  if (strchr(file, '/')) {
    try_exec(file, argv, spec->env.items, report_fd);
    fail(failure, "exec %s", file);
    return;
  }
  const char *path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  for (char **entry = spec->env.items; *entry; entry++)
    if (!strncmp(*entry, "PATH=", 5)) path = *entry + 5;
  int error = ENOENT;
  while (*path) {
    size_t length = strcspn(path, ":");
    char candidate[4096];
    snprintf(candidate, sizeof candidate, "%.*s/%s", (int)length, length ? path : ".", file);
    try_exec(candidate, argv, spec->env.items, report_fd);
    if (errno != ENOENT && errno != ENOTDIR) error = errno;
    path += length + (path[length] == ':');
  }
  errno = error;
  fail(failure, "exec %s", file);
}

static void reset_signals(void) {
  sigset_t none;
  sigemptyset(&none);
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

void close_from(unsigned first) {
  if (close_range(first, ~0u, 0) == 0) return;
  /* Linux before 5.9. */
  long limit = sysconf(_SC_OPEN_MAX);
  for (long fd = first; fd < limit; fd++) close((int)fd);
}

/* Descriptors 0, 1 and 2 are in place; everything above is closed by exec or here. */
static void prepare_and_execute(const struct spec *spec, char **argv, int is_subject, int report_fd,
                                struct failure *failure) {
  if (spec->has_umask) umask(spec->umask);
  if (spec->flags & SPAWN_FIXED_ADDRESSES && personality((unsigned long)personality(0xffffffff) | ADDR_NO_RANDOMIZE) < 0) {
    fail(failure, "fix the addresses");
    return;
  }
  if (spec->root && (chroot(spec->root) < 0 || chdir("/") < 0)) {
    fail(failure, "change the root to %s", spec->root);
    return;
  }
  if (take_limits(spec, failure) < 0) return;
  if (take_identity(spec, failure) < 0) return;
  if (spec->cwd && chdir(spec->cwd) < 0) {
    fail(failure, "enter %s", spec->cwd);
    return;
  }
  reset_signals();
  /* A launcher (crun) hands the control, log and barrier descriptors on to the init inside. */
  unsigned keep = 3;
  if (spec->flags & SPAWN_LAUNCHER) keep = spec->flags & SPAWN_BARRIER ? BARRIER_FD + 1 : LOG_FD + 1;
  if (report_fd >= 0) {
    for (int fd = (int)keep; fd < report_fd; fd++) close(fd);
    close_from((unsigned)report_fd + 1);
  }
  execute(spec, argv, is_subject, report_fd, failure);
}

static void place_descriptors(const int fds[3], int terminal_slave) {
  if (terminal_slave >= 0) {
    setsid();
    ioctl(terminal_slave, TIOCSCTTY, 0);
    for (int fd = 0; fd < 3; fd++) dup2(terminal_slave, fd);
    return;
  }
  for (int fd = 0; fd < 3; fd++) {
    /* No /dev/null in this root: no descriptor, rather than the subject's own stdin. */
    if (fds[fd] < 0) close(fd);
    else if (fds[fd] != fd) dup2(fds[fd], fd);
  }
}

struct launch {
  const struct spec *spec;
  char **argv;
  const int *fds;
  int terminal_slave, report_fd;
};

/* What becomes the program: returns only when it does not. */
static int live_as_child(void *argument) {
  const struct launch *launch = argument;
  place_descriptors(launch->fds, launch->terminal_slave);
  /* A process group of its own, so that a forwarded SIGINT reaches all of the subject and not us. */
  if (launch->terminal_slave < 0) setpgid(0, 0);
  struct launch_report report = {.failed = 1};
  prepare_and_execute(launch->spec, launch->argv, launch->argv == launch->spec->argv.items, launch->report_fd,
                      &report.failure);
  _exit(write(launch->report_fd, &report, sizeof report) < 0 ? 126 : 127);
}

/*
 * Until its exec the child borrows our memory and we wait, as with posix_spawn(3): copying page tables, and pages
 * on the first write, costs more than the rest. Who shares memory may not enter a user namespace (unshare(2)).
 */
static pid_t start_child(struct launch *launch) {
#ifndef __SANITIZE_ADDRESS__
  static char stack[1 << 16] __attribute__((aligned(16)));
  if (!launch->spec->has_user_map)
    return clone(live_as_child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, launch);
#endif
  pid_t pid = fork();
  if (pid == 0) live_as_child(launch);
  return pid;
}

int launch_child(const struct spec *spec, char **argv, const int fds[3], int terminal_slave, struct child *child,
                 struct failure *failure) {
  int reports[2];
  if (pipe2(reports, O_CLOEXEC) < 0) return fail(failure, "pipe");
  struct launch launch = {spec, argv, fds, terminal_slave, reports[1]};
  pid_t pid = start_child(&launch);
  if (pid < 0) {
    fail(failure, "fork");
    close(reports[0]);
    close(reports[1]);
    return -1;
  }
  close(reports[1]);
  child->pid = pid;
  child->report_fd = reports[0];
  return 0;
}

/* The child's end of the pipe closes at its exec: the last report is that of the program which runs. */
int await_exec(const struct child *child, uint32_t *machine, struct failure *failure) {
  struct launch_report report;
  int result = 0;
  *machine = 0;
  for (;;) {
    ssize_t got = read(child->report_fd, &report, sizeof report);
    if (got < 0 && errno == EINTR) continue;
    if (got != (ssize_t)sizeof report) break;
    *machine = report.machine;
    if (!report.failed) continue;
    *failure = report.failure;
    result = -1;
  }
  close(child->report_fd);
  return result;
}

void become_subject(const struct spec *spec, char **argv, int terminal_slave, struct failure *failure) {
  const int fds[3] = {0, 1, 2};
  place_descriptors(fds, terminal_slave);
  prepare_and_execute(spec, argv, 1, -1, failure);
}
