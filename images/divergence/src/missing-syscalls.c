// flags: -O2
// The arm64 table has no open, fork, pipe, dup2, …: only their newer forms (asm-generic/unistd.h).
#include <stdio.h>
#include <sys/syscall.h>

#ifdef SYS_open
#define HAS_OPEN "yes"
#else
#define HAS_OPEN "no"
#endif
#ifdef SYS_fork
#define HAS_FORK "yes"
#else
#define HAS_FORK "no"
#endif
#ifdef SYS_dup2
#define HAS_DUP2 "yes"
#else
#define HAS_DUP2 "no"
#endif

int main(void) {
  puts("system calls in the table");
  puts("open: " HAS_OPEN);
  puts("fork: " HAS_FORK);
  puts("dup2: " HAS_DUP2);
  return 0;
}
