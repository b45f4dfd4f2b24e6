// flags: -O2
// System calls that both kernels have and no QEMU until 10 passes on, each called so that it fails in one way at most.
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static void look(const char *name, long result) {
  printf("%s: %s\n", name, result < 0 && errno == ENOSYS ? "no" : "yes");
}

int main(void) {
  uint64_t nothing[16] = {0};
  puts("system calls that the kernel has");
  look("io_setup", syscall(SYS_io_setup, 0, NULL));
  look("rseq", syscall(SYS_rseq, NULL, 0, 0, 0));
  look("set_robust_list", syscall(SYS_set_robust_list, nothing, 0));
  look("seccomp", syscall(SYS_seccomp, 99, 0, NULL));
  look("bpf", syscall(SYS_bpf, 9999, nothing, sizeof nothing));
  look("perf_event_open", syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0UL));
  look("userfaultfd", syscall(SYS_userfaultfd, -1));
  look("landlock_create_ruleset", syscall(SYS_landlock_create_ruleset, NULL, 0, 1));
  look("process_vm_readv", syscall(SYS_process_vm_readv, getpid(), NULL, 0UL, NULL, 0UL, 0UL));
  look("epoll_pwait2", syscall(SYS_epoll_pwait2, -1, NULL, 1, NULL, NULL, 0));
  look("fanotify_init", syscall(SYS_fanotify_init, -1, 0));
  return 0;
}
