// Area "tracing": what debuggers and tracers need.
#include "probe.h"

#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile long traced_word = 0x12345678;

// A stopped child that is traced, or the errno of PTRACE_TRACEME as its exit code.
static pid_t start_traced(int *status) {
  pid_t child = fork();
  if (child < 0) not_tried("fork");
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0) _exit(errno);
    raise(SIGSTOP);
    syscall(SYS_getppid);
    _exit(0);
  }
  waitpid(child, status, WUNTRACED);
  return child;
}

static void end_child(pid_t child) {
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
}

// A traced child, or 0 when the answer is given already.
static pid_t require_traced(void) {
  int status = 0;
  pid_t child = start_traced(&status);
  if (WIFSTOPPED(status)) return child;
  answer("%s", WIFEXITED(status) ? error_name(WEXITSTATUS(status)) : "the child dies");
  return 0;
}

void probe_trace_me(void) {
  pid_t child = require_traced();
  if (child == 0) return;
  answer("works");
  end_child(child);
}

void probe_trace_seize(void) {
  pid_t child = fork();
  if (child == 0)
    for (;;) pause();
  answer_call(ptrace(PTRACE_SEIZE, child, NULL, NULL));
  end_child(child);
}

void probe_trace_memory(void) {
  pid_t child = require_traced();
  if (child == 0) return;
  errno = 0;
  long word = ptrace(PTRACE_PEEKDATA, child, (void *)&traced_word, NULL);
  answer("%s", errno != 0 ? error_name(errno) : word == traced_word ? "works" : "another value");
  end_child(child);
}

void probe_trace_registers(void) {
  pid_t child = require_traced();
  if (child == 0) return;
  char registers[1024];
  struct iovec area = {registers, sizeof registers};
  answer_call(ptrace(PTRACE_GETREGSET, child, (void *)NT_PRSTATUS, &area));
  end_child(child);
}

void probe_trace_syscalls(void) {
  pid_t child = require_traced();
  if (child == 0) return;
  int status = 0;
  ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)PTRACE_O_TRACESYSGOOD);
  ptrace(PTRACE_SYSCALL, child, NULL, NULL);
  waitpid(child, &status, 0);
  answer("%s", WIFSTOPPED(status) && WSTOPSIG(status) == (SIGTRAP | 0x80) ? "stops" : "does not stop");
  end_child(child);
}

void probe_trace_step(void) {
  pid_t child = require_traced();
  if (child == 0) return;
  int status = 0;
  if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) < 0) {
    answer("%s", error_name(errno));
  } else {
    waitpid(child, &status, 0);
    answer("%s", WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP ? "works" : "does not stop");
  }
  end_child(child);
}

void probe_read_other_memory(void) {
  pid_t child = fork();
  if (child == 0)
    for (;;) pause();
  long copy = 0;
  struct iovec here = {&copy, sizeof copy}, there = {(void *)(uintptr_t)&traced_word, sizeof traced_word};
  ssize_t got = process_vm_readv(child, &here, 1, &there, 1, 0);
  answer("%s", got < 0 ? error_name(errno) : copy == traced_word ? "works" : "another value");
  end_child(child);
}

void probe_proc_memory(void) {
  long copy = 0;
  int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  if (memory < 0) {
    answer("%s", error_name(errno));
    return;
  }
  ssize_t got = pread(memory, &copy, sizeof copy, (off_t)(uintptr_t)&traced_word);
  answer("%s", got < 0 ? error_name(errno) : copy == traced_word ? "works" : "another value");
}
