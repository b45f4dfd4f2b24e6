// flags: -O2 -pthread -ffp-contract=off
// bench-work WHAT: one kind of work for suites/bench-programs.yaml; prints a result that depends on all of it.
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static uint32_t next_random(uint32_t *state) { return *state = *state * 1664525u + 1013904223u; }

static void integers(void) {
  uint32_t state = 1, sum = 0;
  for (int i = 0; i < 30000000; i++) {
    uint32_t value = next_random(&state);
    sum += value / ((value >> 16) | 1) ^ (value << 3);
  }
  printf("%u\n", sum);
}

static void floats(void) {
  double sum = 0;
  for (int i = 1; i < 10000000; i++) sum += 1.0 / ((double)i * i + 0.25);
  printf("%.9f\n", sum);
}

typedef float four __attribute__((vector_size(16)));

static void vectors(void) {
  four sum = {0}, step = {1, 2, 3, 4}, half = {0.5f, 0.5f, 0.5f, 0.5f};
  for (int i = 0; i < 10000000; i++) sum = (sum + step) * half;
  printf("%.3f %.3f\n", (double)sum[0], (double)sum[3]);
}

static void walk_memory(void) {
  enum { WORDS = 4 << 20 };
  uint32_t *next = malloc(WORDS * sizeof *next), state = 1, at = 0;
  for (uint32_t i = 0; i < WORDS; i++) next[i] = i;
  /* One cycle through all of them (Sattolo). */
  for (uint32_t i = WORDS - 1; i > 0; i--) {
    uint32_t other = next_random(&state) % i, kept = next[i];
    next[i] = next[other];
    next[other] = kept;
  }
  for (int i = 0; i < 1000000; i++) at = next[at];
  printf("%u\n", at);
}

static void copy_memory(void) {
  enum { BYTES = 16 << 20 };
  char *from = malloc(BYTES), *to = malloc(BYTES);
  memset(from, 7, BYTES);
  for (int i = 0; i < 20; i++) {
    memcpy(to, from, BYTES);
    from[i] = to[BYTES - 1 - i];
  }
  printf("%d\n", to[BYTES / 2]);
}

typedef uint32_t (*step)(uint32_t);
static uint32_t add(uint32_t x) { return x + 3; }
static uint32_t twist(uint32_t x) { return x ^ (x << 5); }
static uint32_t turn(uint32_t x) { return (x >> 7) | (x << 25); }
static uint32_t times(uint32_t x) { return x * 2654435761u; }

static void calls(void) {
  static const step steps[] = {add, twist, turn, times};
  uint32_t state = 1, value = 1;
  for (int i = 0; i < 10000000; i++) value = steps[next_random(&state) >> 30](value);
  printf("%u\n", value);
}

static void system_calls(void) {
  long sum = 0;
  for (int i = 0; i < 200000; i++) sum += syscall(SYS_getppid) > 0;
  printf("%ld\n", sum);
}

static void forks(void) {
  int ended = 0;
  for (int i = 0; i < 300; i++) {
    pid_t child = fork();
    if (child == 0) _exit(0);
    ended += waitpid(child, NULL, 0) == child;
  }
  printf("%d\n", ended);
}

static void execs(char *self) {
  int ended = 0;
  for (int i = 0; i < 50; i++) {
    pid_t child;
    int status = 1;
    char *const argv[] = {self, "nothing", NULL};
    if (posix_spawnp(&child, self, NULL, NULL, argv, environ) != 0) exit(1);
    ended += waitpid(child, &status, 0) == child && status == 0;
  }
  printf("%d\n", ended);
}

static atomic_ulong counter;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void *count(void *shared) {
  for (int i = 0; i < 500000; i++) atomic_fetch_add(&counter, 1);
  for (int i = 0; i < 100000; i++) {
    pthread_mutex_lock(&mutex);
    ++*(long *)shared;
    pthread_mutex_unlock(&mutex);
  }
  return NULL;
}

static void threads(void) {
  pthread_t thread[2];
  long shared = 0;
  for (int i = 0; i < 2; i++) pthread_create(&thread[i], NULL, count, &shared);
  for (int i = 0; i < 2; i++) pthread_join(thread[i], NULL);
  printf("%lu %ld\n", atomic_load(&counter), shared);
}

static void messages(void) {
  int there[2], back[2], received = 0;
  char byte = 1;
  if (pipe(there) < 0 || pipe(back) < 0) exit(1);
  if (fork() == 0) {
    while (read(there[0], &byte, 1) == 1 && byte && write(back[1], &byte, 1) == 1) continue;
    _exit(0);
  }
  for (int i = 0; i < 10000; i++) received += write(there[1], &byte, 1) == 1 && read(back[0], &byte, 1) == 1;
  byte = 0;
  if (write(there[1], &byte, 1) != 1) exit(1);
  wait(NULL);
  printf("%d\n", received);
}

static void files(void) {
  char name[] = "bench-work.0000", data[4096] = {1};
  long bytes = 0;
  for (int i = 0; i < 1000; i++) {
    snprintf(name, sizeof name, "bench-work.%04d", i);
    int file = open(name, O_CREAT | O_RDWR | O_TRUNC, 0600);
    bytes += write(file, data, sizeof data) + pread(file, data, 100, 0);
    close(file);
    unlink(name);
  }
  printf("%ld\n", bytes);
}

int main(int argc, char **argv) {
  const struct {
    const char *name;
    void (*work)(void);
  } works[] = {{"integers", integers}, {"floats", floats}, {"vectors", vectors}, {"walk-memory", walk_memory},
               {"copy-memory", copy_memory}, {"calls", calls}, {"system-calls", system_calls}, {"forks", forks},
               {"threads", threads}, {"messages", messages}, {"files", files}};
  const char *what = argc > 1 ? argv[1] : "nothing";
  if (!strcmp(what, "nothing")) return 0;
  if (!strcmp(what, "execs")) return execs(argv[0]), 0;
  for (size_t i = 0; i < sizeof works / sizeof *works; i++)
    if (!strcmp(what, works[i].name)) return works[i].work(), 0;
  fprintf(stderr, "bench-work: no work is called %s\n", what);
  return 2;
}
