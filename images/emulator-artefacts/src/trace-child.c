// flags: -O2
// There is no ptrace under qemu-user: debuggers and strace fail.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  puts("a child asks to be traced, and stops");
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0) _exit(errno);
    raise(SIGSTOP);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, WUNTRACED);
  if (WIFSTOPPED(status))
    puts("ptrace: the child is stopped");
  else
    printf("ptrace: %s\n", strerror(WEXITSTATUS(status)));
  kill(child, SIGKILL);
  return 0;
}
