// flags: -pthread
// work-tree [fork|exec|kill|threads|shared]: a fixed amount of work (about 1.5 million instructions) three times, in
// children that end by _exit, by exec of this program, or by SIGKILL, or in threads, after closing stderr.
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void *work(void *unused) {
  (void)unused;
  volatile unsigned x = 1;
  for (int i = 0; i < 300000; i++) x = x * 3 + 1;
  return NULL;
}

static void work_in_child(const char *program, const char *how) {
  if (fork() != 0) return;
  if (!strcmp(how, "exec")) execl(program, program, "once", NULL);
  work(NULL);
  if (!strcmp(how, "kill")) kill(getpid(), SIGKILL);
  _exit(0);
}

int main(int argc, char **argv) {
  const char *how = argc > 1 ? argv[1] : "fork";
  if (!strcmp(how, "once")) return work(NULL) != NULL;
  close(2);
  if (!strcmp(how, "threads") || !strcmp(how, "shared")) {
    if (how[0] == 's' && mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0) == MAP_FAILED) return 1;
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
      if (pthread_create(&threads[i], NULL, work, NULL)) return 1;
    for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
  } else {
    for (int i = 0; i < 3; i++) {
      work_in_child("/proc/self/exe", how);
      wait(NULL);
    }
  }
  puts("done");
  return 0;
}
