// Area "processes": how processes come into being, become others, and end.
#include "probe.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int shared_with_child = 0;

void probe_vfork_memory(void) {
  pid_t child = vfork();
  if (child == 0) {
    shared_with_child = 1;
    _exit(0);
  }
  waitpid(child, NULL, 0);
  answer_truth(shared_with_child == 1);
}

void probe_spawn_error(void) {
  pid_t child = 0;
  char *arguments[] = {"missing", NULL};
  int error = posix_spawn(&child, "/nonexistent/program", NULL, NULL, arguments, environ);
  if (error != 0) {
    answer("posix_spawn: %s", error_name(error));
    return;
  }
  int status = 0;
  waitpid(child, &status, 0);
  answer("posix_spawn succeeds, the child exits with %d", WEXITSTATUS(status));
}

static void exec_as_other_name(const void *path) {
  execl(path, "another-name", "--argv0", NULL);
  tell_exec_failed();
}

void probe_argv0(void) {
  char line[4096];
  capture_child(exec_as_other_name, own_path(), line, sizeof line);
  answer("%s", line[0] == '/' ? "the full path" : strcmp(line, "another-name") == 0 ? "kept" : line);
}

static void exec_from_memory(const void *unused) {
  (void)unused;
  int memory = memfd_create("program", MFD_CLOEXEC);
  int file = open(own_path(), O_RDONLY | O_CLOEXEC);
  static char buffer[65536];
  for (ssize_t got; (got = read(file, buffer, sizeof buffer)) > 0;)
    if (write(memory, buffer, (size_t)got) != got) _exit(1);
  char *arguments[] = {"memory", "--say", "works", NULL};
  fexecve(memory, arguments, environ);
  tell_exec_failed();
}

void probe_exec_memfd(void) {
  char line[64];
  capture_child(exec_from_memory, NULL, line, sizeof line);
  answer("%s", line);
}

static void exec_descriptor(const void *unused) {
  (void)unused;
  int file = open(own_path(), O_RDONLY | O_CLOEXEC);
  char *arguments[] = {"descriptor", "--say", "works", NULL};
  syscall(SYS_execveat, file, "", arguments, environ, AT_EMPTY_PATH);
  tell_exec_failed();
}

void probe_execveat(void) {
  char line[64];
  capture_child(exec_descriptor, NULL, line, sizeof line);
  answer("%s", line);
}

static void exec_path(const void *path) {
  execl(path, "program", "--say", "works", NULL);
  tell_exec_failed();
}

void probe_exec_execute_only(void) {
  copy_program("execute-only", 0111);
  char line[64];
  capture_child(exec_path, "./execute-only", line, sizeof line);
  answer("%s", line);
}

void probe_exec_script(void) {
  copy_program("script-interpreter", 0755);
  FILE *script = fopen("script", "we");
  if (script == NULL) not_tried("fopen");
  char directory[3072];
  if (getcwd(directory, sizeof directory) == NULL) not_tried("getcwd");
  fprintf(script, "#!%s/script-interpreter --argv0\n", directory);
  fclose(script);
  if (chmod("script", 0755) < 0) not_tried("chmod");
  char line[4096];
  capture_child(exec_path, "./script", line, sizeof line);
  answer("%s", line[0] == '/' ? "works" : line);
}

static void exec_without_arguments(const void *path) {
  char *none[] = {NULL};
  execve(path, none, environ);
  tell_exec_failed();
}

void probe_exec_empty_argv(void) {
  char line[64];
  int status = capture_child(exec_without_arguments, own_path(), line, sizeof line);
  // Linux 5.18 and newer give the program one empty argument, and this program then exits with 2.
  if (line[0] != '\0')
    answer("%s", line);
  else
    answer_status(status);
}

static int exit_at_once(void *unused) {
  (void)unused;
  return 0;
}

static void answer_clone(int flags) {
  enum { STACK = 65536 };
  char *stack = malloc(STACK);
  int child = clone(exit_at_once, stack + STACK, flags | SIGCHLD, NULL);
  answer_call(child);
  if (child > 0) waitpid(child, NULL, 0);
}

void probe_clone_namespaces(void) { answer_clone(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID); }

void probe_clone_shared_memory(void) { answer_clone(CLONE_VM | CLONE_VFORK); }

void probe_unshare_user(void) { answer_call(unshare(CLONE_NEWUSER)); }

void probe_pdeathsig(void) {
  int wanted = SIGUSR1, got = 0;
  if (prctl(PR_SET_PDEATHSIG, wanted) < 0 || prctl(PR_GET_PDEATHSIG, &got) < 0)
    answer("%s", error_name(errno));
  else
    answer("%s", got == wanted ? "works" : "lost");
}

void probe_subreaper(void) {
  if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0) {
    answer("%s", error_name(errno));
    return;
  }
  pid_t child = fork();
  if (child == 0) {
    if (fork() == 0) {
      usleep(50000);
      _exit(7);
    }
    _exit(0);
  }
  waitpid(child, NULL, 0);
  int status = 0;
  answer_truth(waitpid(-1, &status, 0) > 0 && WEXITSTATUS(status) == 7);
}

static void allocate_beyond_limit(void) {
  struct rlimit limit = {256UL << 20, 256UL << 20};
  if (setrlimit(RLIMIT_AS, &limit) < 0) _exit(2);
  void *area = mmap(NULL, 512UL << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  _exit(area == MAP_FAILED && errno == ENOMEM ? 0 : 1);
}

void probe_rlimit_address_space(void) {
  int status = run_in_child(allocate_beyond_limit);
  if (WIFSIGNALED(status))
    answer_status(status);
  else
    answer("%s", WEXITSTATUS(status) == 0 ? "enforced" : WEXITSTATUS(status) == 1 ? "ignored" : "refused");
}

static void write_beyond_limit(void) {
  struct rlimit limit = {4096, 4096};
  if (setrlimit(RLIMIT_FSIZE, &limit) < 0) _exit(2);
  int file = open("limited", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  _exit(pwrite(file, "x", 1, 8192) < 0 ? 3 : 1);
}

void probe_rlimit_file_size(void) { answer_status(run_in_child(write_beyond_limit)); }
