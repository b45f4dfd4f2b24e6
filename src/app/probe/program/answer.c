// How a probe says its answer, and what several probes do on the way to it.
#include "probe.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_NOT_TRIED = 77 };

void answer(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
  fflush(stdout);
}

void detail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  putchar('\t');
  vprintf(format, arguments);
  va_end(arguments);
  fflush(stdout);
}

const char *error_name(int error) {
  const char *name = strerrorname_np(error);
  return name == NULL ? "unknown errno" : name;
}

void answer_call(long result) { answer("%s", result >= 0 ? "works" : error_name(errno)); }

void answer_truth(bool truth) { answer("%s", truth ? "yes" : "no"); }

void answer_status(int status) {
  if (WIFSIGNALED(status))
    answer("SIG%s", sigabbrev_np(WTERMSIG(status)));
  else
    answer("exit %d", WEXITSTATUS(status));
}

void not_tried_because(const char *reason) {
  printf("%s\n", reason);
  fflush(stdout);
  _exit(EXIT_NOT_TRIED);
}

void not_tried(const char *what) {
  char reason[256];
  snprintf(reason, sizeof reason, "%s: %s", what, error_name(errno));
  not_tried_because(reason);
}

int run_in_child(void (*run)(void)) {
  pid_t child = fork();
  if (child < 0) not_tried("fork");
  if (child == 0) {
    run();
    _exit(0);
  }
  int status = 0;
  if (waitpid(child, &status, 0) < 0) not_tried("waitpid");
  return status;
}

int capture_child(void (*run)(const void *argument), const void *argument, char *line, size_t size) {
  int ends[2];
  if (pipe(ends) < 0) not_tried("pipe");
  pid_t child = fork();
  if (child < 0) not_tried("fork");
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    run(argument);
    _exit(0);
  }
  close(ends[1]);
  size_t length = 0;
  for (ssize_t got; length < size - 1 && (got = read(ends[0], line + length, size - 1 - length)) > 0;)
    length += (size_t)got;
  close(ends[0]);
  line[length] = '\0';
  line[strcspn(line, "\n")] = '\0';
  int status = 0;
  if (waitpid(child, &status, 0) < 0) not_tried("waitpid");
  return status;
}

void tell_exec_failed(void) {
  dprintf(STDOUT_FILENO, "%s\n", error_name(errno));
  _exit(0);
}

const char *own_path(void) { return (const char *)getauxval(AT_EXECFN); }

void copy_program(const char *name, mode_t mode) {
  int from = open(own_path(), O_RDONLY | O_CLOEXEC);
  if (from < 0) not_tried("open of this program");
  int to = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
  if (to < 0) not_tried("open of a new file");
  static char buffer[65536];
  for (ssize_t got; (got = read(from, buffer, sizeof buffer)) > 0;)
    if (write(to, buffer, (size_t)got) != got) not_tried("write");
  if (fchmod(to, mode) < 0) not_tried("fchmod");
  close(from);
  close(to);
}

ssize_t read_file(const char *path, char *buffer, size_t size) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  size_t length = 0;
  for (ssize_t got; length < size - 1 && (got = read(file, buffer + length, size - 1 - length)) > 0;)
    length += (size_t)got;
  close(file);
  buffer[length] = '\0';
  return (ssize_t)length;
}
