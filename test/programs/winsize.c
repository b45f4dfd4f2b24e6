// winsize [CHANGES]: says which streams are a terminal and its size, then once more for each SIGWINCH.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void note(int signal) { (void)signal; }

static void print_size(void) {
  struct winsize size = {0};
  if (ioctl(1, TIOCGWINSZ, &size) == 0) printf("size %dx%d\n", size.ws_col, size.ws_row);
  else puts("size unknown");
  fflush(stdout);
}

int main(int argc, char **argv) {
  struct sigaction action = {.sa_handler = note};
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGWINCH);
  sigprocmask(SIG_BLOCK, &blocked, &before);
  sigaction(SIGWINCH, &action, NULL);
  printf("tty %d %d %d\n", isatty(0), isatty(1), isatty(2));
  print_size();
  for (int left = argc > 1 ? atoi(argv[1]) : 0; left > 0; left--) {
    sigsuspend(&before);
    print_size();
  }
  return 0;
}
