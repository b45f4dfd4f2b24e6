// Area "signals": that they arrive, with what they carry, in order, where they should.
#include "probe.h"

#include <fcntl.h>
#include <signal.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t seen_count = 0;
static volatile int seen_values[64];
static siginfo_t seen;
static sigjmp_buf back;
static char *volatile seen_stack;

static void note(int number, siginfo_t *information, void *context) {
  (void)number;
  (void)context;
  char here;
  seen = *information;
  seen_stack = &here;
  if (seen_count < 64) seen_values[seen_count] = information->si_value.sival_int;
  seen_count++;
}

static void note_and_leave(int number, siginfo_t *information, void *context) {
  note(number, information, context);
  siglongjmp(back, 1);
}

static void handle(int number, void (*handler)(int, siginfo_t *, void *), int flags) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};
  sigemptyset(&action.sa_mask);
  if (sigaction(number, &action, NULL) < 0) not_tried("sigaction");
}

void probe_segv_address(void) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  volatile char *area = mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  handle(SIGSEGV, note_and_leave, 0);
  if (sigsetjmp(back, 1) == 0) area[17] = 1;
  const char *code = seen.si_code == SEGV_ACCERR ? "SEGV_ACCERR" : seen.si_code == SEGV_MAPERR ? "SEGV_MAPERR" : "?";
  answer("%s, %s address", code, seen.si_addr == (void *)(area + 17) ? "exact" : "another");
}

void probe_bus_error(void) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  int file = open("short-file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  volatile char *area = mmap(NULL, page, PROT_READ, MAP_SHARED, file, 0);
  if (area == MAP_FAILED) not_tried("mmap");
  handle(SIGBUS, note_and_leave, 0);
  if (sigsetjmp(back, 1) == 0) answer("reads %d", area[0]);
  if (seen_count > 0) answer("SIGBUS, %s", seen.si_code == BUS_ADRERR ? "BUS_ADRERR" : "another code");
}

void probe_illegal_instruction(void) {
  handle(SIGILL, note_and_leave, 0);
  void *instruction = NULL;
  if (sigsetjmp(back, 1) == 0) {
#if defined(__x86_64__)
    __asm__ volatile("lea 1f(%%rip), %0\n1: ud2" : "=r"(instruction));
#elif defined(__aarch64__)
    __asm__ volatile("adr %0, 1f\n1: udf #0" : "=r"(instruction));
#endif
  }
  answer("SIGILL, %s", seen.si_code == ILL_ILLOPN ? "ILL_ILLOPN" : seen.si_code == ILL_ILLOPC ? "ILL_ILLOPC" : "?");
}

void probe_alternate_stack(void) {
  size_t size = 1 << 16;
  char *memory = malloc(size);
  stack_t stack = {.ss_sp = memory, .ss_size = size};
  if (sigaltstack(&stack, NULL) < 0) {
    answer("%s", error_name(errno));
    return;
  }
  handle(SIGUSR1, note, SA_ONSTACK);
  raise(SIGUSR1);
  answer_truth(seen_stack >= memory && seen_stack < memory + size);
}

static volatile int depth = 0;

static void overflow(void) {
  volatile char frame[4096];
  frame[0] = (char)depth;
  // No program gets that deep; the compiler cannot know.
  if (depth++ >= 0) overflow();
  frame[1] = frame[0];
}

static void overflow_once(void) {
  struct rlimit limit = {1 << 20, 1 << 20};
  setrlimit(RLIMIT_STACK, &limit);
  char *memory = malloc(1 << 16);
  stack_t stack = {.ss_sp = memory, .ss_size = 1 << 16};
  sigaltstack(&stack, NULL);
  handle(SIGSEGV, note_and_leave, SA_ONSTACK);
  if (sigsetjmp(back, 1) == 0) overflow();
  _exit(seen_count == 1 ? 0 : 1);
}

void probe_stack_overflow(void) {
  int status = run_in_child(overflow_once);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
    answer("SIGSEGV is handled");
  else
    answer_status(status);
}

void probe_signal_value(void) {
  handle(SIGUSR1, note, 0);
  union sigval value = {.sival_int = 4711};
  if (sigqueue(getpid(), SIGUSR1, value) < 0) {
    answer("%s", error_name(errno));
    return;
  }
  answer("%s, value %s", seen.si_code == SI_QUEUE ? "SI_QUEUE" : "another code",
         seen.si_value.sival_int == 4711 ? "kept" : "lost");
}

void probe_realtime_order(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN + 1);
  sigaddset(&set, SIGRTMIN + 2);
  sigprocmask(SIG_BLOCK, &set, NULL);
  handle(SIGRTMIN + 1, note, 0);
  handle(SIGRTMIN + 2, note, 0);
  // Those of the lower number come first, those of one number in the order of sending (signal(7)).
  const int sent[][2] = {{2, 20}, {2, 21}, {1, 10}, {1, 11}, {1, 12}};
  for (size_t i = 0; i < 5; i++)
    sigqueue(getpid(), SIGRTMIN + sent[i][0], (union sigval){.sival_int = sent[i][1]});
  siginfo_t information;
  char order[64] = "";
  struct timespec none = {0, 0};
  while (sigtimedwait(&set, &information, &none) > 0)
    snprintf(order + strlen(order), sizeof order - strlen(order), "%d ", information.si_value.sival_int);
  answer("%s", strcmp(order, "10 11 12 20 21 ") == 0 ? "as sent, lower numbers first" : order);
}

void probe_realtime_range(void) {
  int usable = 0;
  for (int number = 34; number <= 64; number++) {
    struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};
    if (sigaction(number, &action, NULL) < 0) continue;
    int before = seen_count;
    if (raise(number) == 0 && seen_count == before + 1) usable++;
  }
  answer("%d of 31", usable);
}

static int read_ends[2];

// At the third tick the reader gets its byte: a read that is restarted ends then.
static void feed_reader(int number, siginfo_t *information, void *context) {
  note(number, information, context);
  if (seen_count == 3 && write(read_ends[1], "x", 1) != 1) _exit(1);
}

static const char *interrupt_read(void (*handler)(int, siginfo_t *, void *), int flags) {
  if (pipe(read_ends) < 0) not_tried("pipe");
  handle(SIGALRM, handler, flags);
  timer_t timer;
  struct itimerspec ticks = {{0, 10000000}, {0, 10000000}};
  if (timer_create(CLOCK_MONOTONIC, &(struct sigevent){.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM}, &timer) <
          0 ||
      timer_settime(timer, 0, &ticks, NULL) < 0)
    not_tried("timer_create");
  char byte;
  ssize_t got = read(read_ends[0], &byte, 1);
  const char *outcome = got == 1 ? "restarted" : error_name(errno);
  timer_delete(timer);
  return outcome;
}

void probe_restarted_read(void) {
  const char *with = interrupt_read(feed_reader, SA_RESTART);
  const char *without = interrupt_read(note, 0);
  answer("%s; without SA_RESTART %s", with, without);
}

void probe_signalfd(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  sigprocmask(SIG_BLOCK, &set, NULL);
  int descriptor = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (descriptor < 0) {
    answer("%s", error_name(errno));
    return;
  }
  kill(getpid(), SIGUSR2);
  struct signalfd_siginfo information;
  ssize_t got = read(descriptor, &information, sizeof information);
  answer("%s", got == sizeof information && information.ssi_signo == SIGUSR2 ? "works" : "reads nothing");
}

void probe_posix_timer(void) {
  handle(SIGUSR1, note, 0);
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value = {.sival_int = 5}};
  timer_t timer;
  struct itimerspec soon = {.it_value = {0, 1000000}};
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) < 0 || timer_settime(timer, 0, &soon, NULL) < 0) {
    answer("%s", error_name(errno));
    return;
  }
  struct timespec second = {1, 0};
  nanosleep(&second, NULL);
  answer("%s, value %s", seen_count == 0 ? "no signal" : seen.si_code == SI_TIMER ? "SI_TIMER" : "another code",
         seen.si_value.sival_int == 5 ? "kept" : "lost");
}

static void stop_self(void) { raise(SIGSTOP); }

void probe_stop_continue(void) {
  pid_t child = fork();
  if (child == 0) {
    stop_self();
    _exit(5);
  }
  int status = 0;
  if (waitpid(child, &status, WUNTRACED) < 0 || !WIFSTOPPED(status)) {
    answer("not stopped");
    return;
  }
  kill(child, SIGCONT);
  waitpid(child, &status, 0);
  answer("stopped, then exit %d", WEXITSTATUS(status));
}

static void die_by_abort(void) { abort(); }

void probe_death_by_signal(void) {
  answer_status(run_in_child(die_by_abort));
}
