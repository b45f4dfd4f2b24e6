// Area "syscalls": whether a system call is there at all. Each is called so that a kernel that has it succeeds, or
// fails in one way only.
#include "probe.h"

#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Newer than the headers of Debian 12; numbers from 424 on are the same on all architectures.
enum { NR_futex_waitv = 449, NR_cachestat = 451, NR_fchmodat2 = 452, NR_mseal = 462 };

void probe_clone3(void) {
  // struct clone_args of linux/sched.h, which does not go together with sched.h everywhere.
  struct {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
  } arguments = {.exit_signal = SIGCHLD};
  long child = syscall(SYS_clone3, &arguments, sizeof arguments);
  if (child == 0) _exit(0);
  answer_call(child);
  if (child > 0) waitpid((pid_t)child, NULL, 0);
}

void probe_io_uring(void) {
  struct io_uring_params parameters = {0};
  answer_call(syscall(SYS_io_uring_setup, 4, &parameters));
}

void probe_native_aio(void) {
  aio_context_t context = 0;
  answer_call(syscall(SYS_io_setup, 1, &context));
}

void probe_rseq(void) {
  // The C library has registered its own, so another one is EINVAL where the call exists.
  long result = syscall(SYS_rseq, NULL, 0, 0, 0);
  answer("%s", result == 0 || errno == EINVAL ? "works" : error_name(errno));
}

void probe_robust_list(void) {
  struct robust_list_head head = {.list = {&head.list}};
  answer_call(syscall(SYS_set_robust_list, &head, sizeof head));
}

void probe_seccomp(void) {
  uint32_t action = SECCOMP_RET_ERRNO;
  answer_call(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action));
}

static void refuse_getppid(void) {
  struct sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EDOM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog filter = {sizeof program / sizeof *program, program};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) _exit(2);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) < 0) _exit(errno == EINVAL ? 3 : 4);
  _exit(syscall(SYS_getppid) < 0 && errno == EDOM ? 0 : 1);
}

void probe_seccomp_filter(void) {
  int status = run_in_child(refuse_getppid);
  if (WIFSIGNALED(status)) {
    answer_status(status);
    return;
  }
  static const char *const outcomes[] = {"filters", "installed, filters nothing", "no PR_SET_NO_NEW_PRIVS", "EINVAL",
                                         "refused"};
  answer("%s", outcomes[WEXITSTATUS(status) % 5]);
}

void probe_bpf(void) {
  uint64_t attributes[16] = {0};
  // No command has this number: EINVAL where the call exists (EPERM where it is switched off).
  syscall(SYS_bpf, 9999, attributes, sizeof attributes);
  answer("%s", error_name(errno));
}

void probe_perf_event(void) {
  syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0UL);
  answer("%s", error_name(errno));
}

void probe_userfaultfd(void) {
  enum { USER_MODE_ONLY = 1 };
  answer_call(syscall(SYS_userfaultfd, USER_MODE_ONLY | O_CLOEXEC));
}

void probe_openat2(void) {
  struct open_how how = {.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS};
  answer_call(syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof how));
}

void probe_landlock(void) {
  long version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
  answer_call(version);
  if (version > 0) detail("ABI %ld", version);
}

void probe_futex_waitv(void) {
  uint32_t word = 1;
  struct {
    uint64_t value, address;
    uint32_t flags, reserved;
  } waiter = {0, (uintptr_t)&word, 2, 0};
  long result = syscall(NR_futex_waitv, &waiter, 1, 0, NULL, 0);
  answer("%s", result < 0 && errno == EAGAIN ? "works" : error_name(errno));
}

void probe_epoll_pwait2(void) {
  int poll = epoll_create1(EPOLL_CLOEXEC);
  if (poll < 0) not_tried("epoll_create1");
  struct epoll_event event;
  struct {
    int64_t seconds, nanoseconds;
  } timeout = {0, 1000};
  answer_call(syscall(SYS_epoll_pwait2, poll, &event, 1, &timeout, NULL, 0));
}

void probe_fchmodat2(void) {
  int file = open("chmod-me", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) not_tried("open");
  answer_call(syscall(NR_fchmodat2, AT_FDCWD, "chmod-me", 0640, AT_SYMLINK_NOFOLLOW));
}

void probe_fanotify(void) {
  enum { REPORT_FID = 0x200 };
  answer_call(syscall(SYS_fanotify_init, REPORT_FID, O_RDONLY));
}

void probe_membarrier(void) {
  long commands = syscall(SYS_membarrier, 0, 0, 0);
  answer_call(commands);
  if (commands >= 0) detail("commands 0x%lx", commands);
}

void probe_statx(void) {
  struct statx facts;
  long result = statx(AT_FDCWD, "/", 0, STATX_BASIC_STATS | STATX_BTIME, &facts);
  answer_call(result);
}

void probe_renameat2(void) {
  int one = open("one", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  int two = open("two", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (one < 0 || two < 0) not_tried("open");
  enum { EXCHANGE = 2 };
  answer_call(syscall(SYS_renameat2, AT_FDCWD, "one", AT_FDCWD, "two", EXCHANGE));
}

void probe_copy_file_range(void) {
  int from = open("from", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  int to = open("to", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (from < 0 || to < 0 || pwrite(from, "abc", 3, 0) != 3) not_tried("open");
  answer_call(copy_file_range(from, NULL, to, NULL, 3, 0));
}

void probe_pidfd(void) {
  pid_t child = fork();
  if (child == 0)
    for (;;) pause();
  int descriptor = (int)syscall(SYS_pidfd_open, child, 0);
  if (descriptor >= 0) {
    answer_call(syscall(SYS_pidfd_send_signal, descriptor, SIGKILL, NULL, 0));
  } else {
    answer_call(descriptor);
    kill(child, SIGKILL);
  }
  waitpid(child, NULL, 0);
}

void probe_close_range(void) {
  int descriptor = dup2(STDERR_FILENO, 100);
  if (descriptor < 0) not_tried("dup2");
  long result = syscall(SYS_close_range, 100, 100, 0);
  if (result == 0 && fcntl(100, F_GETFD) >= 0)
    answer("returns 0, closes nothing");
  else
    answer_call(result);
}

void probe_cachestat(void) {
  int file = open(own_path(), O_RDONLY | O_CLOEXEC);
  uint64_t range[2] = {0, 4096}, facts[5];
  if (file < 0) not_tried("open");
  answer_call(syscall(NR_cachestat, file, range, facts, 0));
}

void probe_mseal(void) {
  long page = sysconf(_SC_PAGESIZE);
  void *area = mmap(NULL, (size_t)page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  answer_call(syscall(NR_mseal, area, (size_t)page, 0));
}

void probe_open_tree(void) { answer_call(syscall(SYS_open_tree, AT_FDCWD, "/", O_CLOEXEC)); }

void probe_kcmp(void) { answer_call(syscall(SYS_kcmp, getpid(), getpid(), 0, 1, 1)); }
